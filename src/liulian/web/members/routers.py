"""All routers of member pages: the application takes them in from here."""

from liulian.web.members import home, join, visit

ROUTERS = (
    home.nowhere,
    home.router,
    join.router,
    visit.router,
)
