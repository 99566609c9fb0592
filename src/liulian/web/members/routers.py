"""All routers of member pages: the application takes them in from here."""

from liulian.web.members import (
    advice,
    arriving,
    badges,
    calendar,
    checkin,
    codes,
    exchange,
    home,
    join,
    league,
    me,
    oauth,
    order,
    photos,
    recap,
    rituals,
    share,
    tests,
    visit,
)

ROUTERS = (
    checkin.router,  # What most ask for at once is found first.
    home.nowhere,
    home.router,
    join.router,
    arriving.router,
    codes.router,
    oauth.router,
    me.router,
    share.router,
    visit.router,
    photos.router,
    order.router,  # Before the exchange: what keeps order is no question of that name.
    exchange.router,
    league.router,
    badges.router,
    recap.router,
    calendar.router,  # Before rituals: a file of a ritual is no ritual of that name.
    rituals.router,
    tests.router,
    advice.router,
)
