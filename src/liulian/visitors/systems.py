"""From the words of a user agent to system and form. Pure tables and two small decisions; knows no app.

HarmonyOS stands before Android, whose words it repeats for old pages, and even before Windows: its computers say
`(PC; OpenHarmony 6.1; Windows NT 10.0)`. Windows Phone stands first, for it claims Android and iPhone at once. ChromeOS
is a Linux. Televisions and consoles count as desktop: nobody holds them in the hand, and there is no fourth form.
"""

Place = tuple[str, str]  # System and form.

HARMONY = frozenset(b"harmony harmonyos openharmony ohos ohosharmonyos hmos arkweb".split())
HARMONY_DESKTOP = frozenset(b"television desktop".split())
HARMONY_ALONE = frozenset(b"ohos ohosharmonyos".split())  # What computers say, and say nothing else of their form.
IOS_BROWSERS = frozenset(b"crios fxios edgios opios opt ddg gsa mobile".split())
# Systems that say Linux, Android or Mobile without being a phone of the great ones.
RARE = frozenset(
    b"tizen webos kaios bb blackberry playbook symbian symbianos bada sailfish playstation nintendo".split()
)
RARE_HELD = frozenset(b"kaios bb blackberry symbian symbianos bada sailfish vita".split())
PHONE_WORDS = frozenset(b"mobile mobilesafari midp iemobile phone".split())
TABLET_WORDS = frozenset(b"tablet pad matepad mediapad tab kindle xoom playbook".split())
TELEVISION_WORDS = frozenset(
    b"television smarttv googletv bravia aftb aftt aftm aftn afts aftmm aftr aftrs aftka aftss".split()
)
WINDOWS_PHONE_WORDS = frozenset(b"phone iemobile".split())
MAC = frozenset(b"macintosh macos mac macppc".split())
LINUX = frozenset(b"linux cros ubuntu".split())
# Some apps glue the system to their own name.
DARWIN = frozenset(b"ios cfnetwork darwin fbios messengerforios messengerliteforios weibointlios".split())
ANDROID = frozenset(b"android adr twitterandroid weibointlandroid".split())
PHONES_OF_APPLE = frozenset(b"iphone ipod iph".split())

WORDS = frozenset[bytes]().union(
    HARMONY, HARMONY_DESKTOP, IOS_BROWSERS, RARE, RARE_HELD, PHONE_WORDS, TABLET_WORDS, TELEVISION_WORDS,
    WINDOWS_PHONE_WORDS, MAC, LINUX, DARWIN, ANDROID, PHONES_OF_APPLE,
    (b"windows", b"ipad", b"safari"),
)  # fmt: skip
# Word, the phrases of which one must be found (as in `apps.py`), and the word that it then stands for.
DOUBTFUL = (
    ("sm", ("sm-t", "sm-x", "sm-p"), "tablet"),
    ("gt", ("gt-p", "gt-n5", "gt-n8"), "tablet"),
    ("tb", ("lenovo tb", " tb-"), "tablet"),
    ("w", ("-w09", "-w19", "-w29", "-w39", "-w59", "-w00"), "tablet"),  # Huawei and Honor without a telephone.
    ("nexus", ("nexus 7", "nexus 9", "nexus 10"), "tablet"),
    ("tv", ("smart-tv", " tv ", " tv)", " tv;", "(tv;"), "television"),
    ("pc", ("(pc;",), "desktop"),
    ("in", ("(2in1",), "desktop"),
    ("car", ("(car;",), "television"),
    ("web", ("web0s",), "webos"),
)


def place_of(words: frozenset[bytes]) -> Place:
    """Return system and form for the words of a person's user agent."""
    if b"windows" in words and words & WINDOWS_PHONE_WORDS and not words & HARMONY:
        return "Windows", "mobile"
    if words & HARMONY:
        return "HarmonyOS", _harmony_form(words)
    if b"ipad" in words:
        return "iOS", "tablet"
    if words & PHONES_OF_APPLE:
        return "iOS", "mobile"
    if words & RARE:
        return "other", _rare_form(words)
    if words & ANDROID:
        return "Android", _android_form(words)
    return _computer(words)


def _harmony_form(words: frozenset[bytes]) -> str:
    if words & HARMONY_DESKTOP:
        return "desktop"
    if b"phone" in words:
        return "mobile"
    is_held = words & (PHONE_WORDS | TABLET_WORDS | ANDROID)
    return "desktop" if words & HARMONY_ALONE and not is_held else _android_form(words)


def _android_form(words: frozenset[bytes]) -> str:
    """A page without Mobile is on a tablet; an app that speaks for itself, without an engine, is on a phone."""
    if words & TELEVISION_WORDS:
        return "desktop"
    if words & TABLET_WORDS:
        return "tablet"
    return "tablet" if b"safari" in words and not words & PHONE_WORDS else "mobile"


def _rare_form(words: frozenset[bytes]) -> str:
    if words & TELEVISION_WORDS:
        return "desktop"
    if words & TABLET_WORDS:
        return "tablet"
    return "mobile" if words & RARE_HELD or words & PHONE_WORDS else "desktop"


def _computer(words: frozenset[bytes]) -> Place:
    if b"windows" in words:
        return "Windows", "desktop"
    if words & MAC:
        # An iPad that asks for the desktop site still names a browser that exists on iOS only.
        return ("iOS", "tablet") if words & IOS_BROWSERS else ("macOS", "desktop")
    if words & DARWIN:
        return "iOS", "mobile"
    return ("Linux" if words & LINUX else "other"), _rare_form(words)
