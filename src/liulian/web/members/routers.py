"""All routers of member pages: the application takes them in from here."""

from liulian.web.members import arriving, checkin, codes, home, join, me, oauth, visit

ROUTERS = (
    home.nowhere,
    home.router,
    join.router,
    arriving.router,
    codes.router,
    oauth.router,
    me.router,
    visit.router,
    checkin.router,
)
