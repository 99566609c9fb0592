"""The signature of WeChat's JS-SDK."""

from liulian.channels.wechat_oa import js_signature


def test_signature_is_that_of_the_manual() -> None:
    signature = js_signature(
        ticket="sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        nonce="Wm3WZYTPz0wzccnW",
        timestamp=1414587457,
        url="http://mp.weixin.qq.com?params=value#what-stands-here-is-not-signed",
    )

    assert signature == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
