"""Any other table with a header: columns are taken for what their names say, in English or Chinese."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="csv",
    marks=(),
    columns={
        Field.DESTINATION: (
            "destination", "destinationurl", "longurl", "originalurl", "targeturl", "target", "url", "longlink",
            "目标网址", "目标链接", "长链接", "长网址", "原链接", "原始链接", "原网址", "跳转链接", "网址", "链接",
            "link",
        ),
        Field.SHORT_URL: ("shorturl", "shortlink", "短链", "短链接", "短网址"),
        Field.SLUG: ("slug", "shortcode", "code", "alias", "keyword", "backhalf", "path", "key", "短码", "后缀"),
        Field.DOMAIN: ("domain", "host", "域名"),
        Field.TITLE: ("title", "name", "标题", "名称"),
        Field.NOTE: ("note", "notes", "description", "comment", "comments", "备注", "说明"),
        Field.TAGS: ("tags", "tag", "labels", "标签"),
        Field.FOLDER: ("folder", "group", "campaign", "文件夹", "分组", "目录"),
        Field.CREATED_AT: ("createdat", "created", "createddate", "datecreated", "date", "timestamp", "创建时间"),
        Field.EXPIRES_AT: ("expiresat", "expires", "expirationdate", "validuntil", "过期时间", "有效期至", "到期时间"),
    },
    tag_separators=",;|，；、",
    is_local=True,
)  # fmt: skip
