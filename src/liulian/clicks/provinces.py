"""Provinces of China under one name each, however a file of places spells them. Data and one function."""

# Short Chinese name, ISO 3166-2 letters, English names as MaxMind and GeoNames write them.
_PROVINCES = """
北京 BJ Beijing
天津 TJ Tianjin
河北 HE Hebei
山西 SX Shanxi
内蒙古 NM Inner Mongolia|Nei Mongol|Inner Mongolia Autonomous Region
辽宁 LN Liaoning
吉林 JL Jilin
黑龙江 HL Heilongjiang
上海 SH Shanghai
江苏 JS Jiangsu
浙江 ZJ Zhejiang
安徽 AH Anhui
福建 FJ Fujian
江西 JX Jiangxi
山东 SD Shandong
河南 HA Henan
湖北 HB Hubei
湖南 HN Hunan
广东 GD Guangdong
广西 GX Guangxi|Guangxi Zhuangzu Zizhiqu|Guangxi Zhuang Autonomous Region
海南 HI Hainan
重庆 CQ Chongqing
四川 SC Sichuan
贵州 GZ Guizhou
云南 YN Yunnan
西藏 XZ Tibet|Xizang|Tibet Autonomous Region
陕西 SN Shaanxi
甘肃 GS Gansu
青海 QH Qinghai
宁夏 NX Ningxia|Ningsia Hui Autonomous Region|Ningxia Hui Autonomous Region
新疆 XJ Xinjiang|Xinjiang Uyghur Autonomous Region
台湾 TW Taiwan
香港 HK Hong Kong
澳门 MO Macao|Macau
"""
_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市")
_ENGLISH_ENDINGS = (" sheng", " shi", " province")


def _all_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for line in _PROVINCES.split("\n"):
        if not line:
            continue
        chinese, letters, english = line.split(" ", 2)
        names |= dict.fromkeys((chinese, letters.lower(), *english.lower().split("|")), chinese)
    return names


_NAMES = _all_names()


def province_name(text: str) -> str:
    """Return a province by its short Chinese name (`广东省`, `Guangdong Sheng`, `GD` are `广东`), else `text`."""
    plain = text.strip()
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) > len(ending) + 1:
            plain = plain.removesuffix(ending)
            break
    small = plain.lower()
    for ending in _ENGLISH_ENDINGS:
        small = small.removesuffix(ending)
    return _NAMES.get(small, text.strip())


def city_name(text: str) -> str:
    """Return a Chinese city without its 市 (`深圳市` is `深圳`), every other name unchanged."""
    plain = text.strip()
    return plain.removesuffix("市") if len(plain) > 2 else plain
