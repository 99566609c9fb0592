"""All routers of member pages: the application takes them in from here."""

from liulian.web.members import (
    advice,
    arriving,
    badges,
    calendar,
    checkin,
    codes,
    home,
    join,
    league,
    me,
    oauth,
    photos,
    recap,
    rituals,
    share,
    tests,
    visit,
)

ROUTERS = (
    home.nowhere,
    home.router,
    join.router,
    arriving.router,
    codes.router,
    oauth.router,
    me.router,
    share.router,
    visit.router,
    checkin.router,
    photos.router,
    league.router,
    badges.router,
    recap.router,
    calendar.router,  # Before rituals: a file of a ritual is no ritual of that name.
    rituals.router,
    tests.router,
    advice.router,
)
