"""Why a request of the API is refused, in the asker's words: by code."""

from __future__ import annotations

from dashboard.words.problems import problem_text
from dashboard.words.wording import N_, _
from rules.errors import PoolwatchError

REFUSALS: dict[str, str] = {
    "api_token": N_("没有有效的令牌。请在 Authorization 头里写 Bearer 和令牌；仍不行的，请联系系统管理员。"),
    "api_scope": N_("令牌没有“{scope}”权限。请联系系统管理员。"),
    "api_parameter": N_("参数“{name}”的值“{got}”不合要求。请按接口说明填写。"),
    "api_unknown_parameter": N_("没有参数“{name}”。请按接口说明填写。"),
    "api_address": N_("没有这个地址。请看 /api/v1/openapi.json。"),
    "api_method": N_("这个地址不接受 {method}。请看 /api/v1/openapi.json。"),
    "api_nothing": N_("没有“{name}”为“{got}”的数据。请核对代码和期间。"),
    "api_media_type": N_("不收“{got}”类型的内容。请发送 {types}，不压缩。"),
    "api_too_large": N_("内容超过 {limit} MB，没有收下。请分几次发送。"),
    "api_empty": N_("没有内容。请在请求正文里发送数据。"),
    "api_not_json": N_("内容不是 JSON 的列表或对象。请核对内容和 Content-Type。"),
    "api_failed": N_("这里出错了，编号 {number}。请稍后再试；仍不行时，把编号告诉系统管理员。"),
}


def told(problem: PoolwatchError) -> dict[str, str]:
    """A refusal as it is sent: its code, and its sentence in the asker's language."""
    if problem.code not in REFUSALS:
        return {"error": problem.code, "message": problem_text(problem)}
    shown = {name: ", ".join(value) if isinstance(value, list) else value for name, value in problem.parameters.items()}
    return {"error": problem.code, "message": _(REFUSALS[problem.code], **shown)}
