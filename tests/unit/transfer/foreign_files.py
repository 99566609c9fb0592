"""What other services export, with one link of each kind that there is; `files` writes it as they encode it."""

import json
from pathlib import Path

YOURLS = """"keyword","url","title","timestamp","ip","clicks"
"tea","https://example.com/tea","Tea & cups","2019-03-05 08:30:00","127.0.0.1","12"
"""
SHLINK = """createdAt,domain,shortCode,shortUrl,longUrl,title,tags,visits
2021-10-03T14:53:40+02:00,s.test,tea,https://s.test/tea,https://example.com/tea,Tea & cups,drinks|green tea,12
"""
SHLINK_IMPORTER = """Long URL;Tags;Domain;Short code;Title
https://example.com/tea;drinks|green tea;;tea;Tea & cups
"""
KUTT = {
    "total": 1,
    "limit": 10,
    "data": [
        {
            "id": "0a7b", "address": "tea", "target": "https://example.com/tea", "link": "https://kutt.test/tea",
            "description": "Tea & cups", "created_at": "2021-10-03T12:53:40.000Z", "expire_in": None,
            "visit_count": 12, "banned": False, "password": False, "domain": None,
        }
    ],
}  # fmt: skip
DUB = """Short link,Destination URL,Clicks,Created at,Updated at,Tags,Archived
https://dub.test/tea,https://example.com/tea,12,2024-01-05T08:30:00.000Z,,"drinks, green tea",false
"""
DUB_API = [
    {
        "id": "link_1", "domain": "dub.test", "key": "tea", "url": "https://example.com/tea", "archived": False,
        "expiresAt": None, "title": "Tea & cups", "comments": "for spring", "shortLink": "https://dub.test/tea",
        "tags": [{"id": "tag_1", "name": "drinks", "color": "red"}, {"id": "tag_2", "name": "green, tea"}],
        "createdAt": "2024-01-05T08:30:00.000Z", "clicks": 12,
    }
]  # fmt: skip
BITLY = """created_at,link,long_url,title,tags,custom_bitlinks
2018-06-05T14:53:40+0000,https://bit.test/2xYz9,https://example.com/tea,Tea & cups,"drinks,green tea",https://go.test/tea
"""
SHORT_IO = """originalURL,path,title,tags,createdAt,expiresAt,shortURL,secureShortURL
https://example.com/tea,tea,Tea & cups,"drinks,green tea",2022-02-01T00:00:00.000Z,,http://s.test/tea,https://s.test/tea
"""
REBRANDLY = """Domain name,Slashtag,Destination URL,Title,Creation date,Clicks,Tags
rebrand.test,tea,https://example.com/tea,Tea & cups,2016-07-13T10:54:12.000Z,42,drinks
"""
CAOLIAO = """二维码名称,短网址,目标网址,目录,标签,备注,创建时间
春季茶饮,https://qr.test/tea,https://example.com/tea,门店海报,茶饮、春季,"门口,右边",2024/1/5 8:30
"""
SMALL_CODE = """短链接\t原链接\t标题\t创建时间
https://x.test/tea\thttps://example.com/tea\t春季茶饮\t2024-01-05 08:30:00
"""
LIULIAN = '''short_url,slug,destination,title,tags,folder,guard,created_at,clicks,human_clicks
https://s.test/tea,tea,https://example.com/tea,'=Tea,"drinks,""green, tea""",Shop,"{""mode"":""guide""}",2024-01-05,3,2
'''
PHP_MY_ADMIN = [
    {"type": "header", "version": "5.2.1", "comment": "Export to JSON plugin for PHPMyAdmin"},
    {"type": "database", "name": "yourls"},
    {
        "type": "table",
        "name": "yourls_url",
        "data": [
            {
                "keyword": "tea", "url": "https://example.com/tea", "title": "Tea & cups",
                "timestamp": "2019-03-05 08:30:00", "ip": "127.0.0.1", "clicks": "12",
            }
        ],
    },
]  # fmt: skip
YOURLS_API = {
    "links": {
        f"link_{number}": {
            "shorturl": f"https://y.test/{slug}", "url": f"https://example.com/{slug}", "title": "",
            "timestamp": "2019-03-05 08:30:00", "ip": "127.0.0.1", "clicks": "12",
        }
        for number, slug in enumerate(("tea", "cup"), start=1)
    },
    "stats": {"total_links": "2", "total_clicks": "24"},
    "statusCode": 200,
}  # fmt: skip
SHLINK_API = {"shortUrls": {"data": [
    {
        "shortCode": "tea", "shortUrl": "https://s.test/tea", "longUrl": "https://example.com/tea",
        "dateCreated": "2021-10-03T14:53:40+02:00", "tags": ["drinks", "green tea"], "title": None, "domain": None,
        "meta": {"validSince": None, "validUntil": "2030-01-01T00:00:00+00:00", "maxVisits": None},
        "visitsSummary": {"total": 12, "nonBots": 12, "bots": 0},
    }
], "pagination": {"currentPage": 1}}}  # fmt: skip


def write(folder: Path, content: object, *, encoding: str = "utf-8") -> Path:
    """Return the path of a file with a text, bytes, or a value as JSON."""
    path = folder / "export"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_bytes(text.encode(encoding))
    return path
