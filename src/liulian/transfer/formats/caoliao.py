"""草料 and 小码: their lists of codes and short links, with Chinese headers. Codes of text alone have no address."""

from liulian.transfer.model import Field, Format

FORMAT = Format(
    name="caoliao",
    # 小码's list of short links names the two addresses and nothing else alike.
    marks=(frozenset({"二维码名称"}), frozenset({"短链接", "原链接"}), frozenset({"短网址", "原网址"})),
    columns={
        Field.DESTINATION: (
            "目标网址", "跳转网址", "跳转链接", "网址", "原链接", "原网址", "长链接", "长网址", "二维码内容", "内容",
        ),
        Field.SHORT_URL: ("短链接", "短网址", "短链", "二维码链接", "活码链接", "码链接"),
        Field.TITLE: ("二维码名称", "标题", "名称"),
        Field.NOTE: ("备注", "说明"),
        Field.TAGS: ("标签",),
        Field.FOLDER: ("目录", "分组", "文件夹", "所属目录"),
        Field.CREATED_AT: ("创建时间", "生成时间"),
        Field.EXPIRES_AT: ("过期时间", "到期时间", "有效期至"),
    },
    tag_separators=",;，；、|",
    is_local=True,
)  # fmt: skip
