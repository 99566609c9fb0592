"""All routers of member pages: the application takes them in from here."""

from liulian.web.members import home

ROUTERS = (home.nowhere, home.router)
