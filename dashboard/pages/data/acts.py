"""What readers do on 数据接入: who may. Callbacks of the page do it, for a file, a signature and a refresh send no form."""

from __future__ import annotations

from dashboard.site.act import Act
from dashboard.words.wording import N_
from workflows.people.accounts import Role
from workflows.people.rights import MONITORS, WORKING

UPLOAD = Act("upload", N_("上传文件"), WORKING | {Role.SYSTEM_ADMIN})
CLOSE_MONTH = Act("close_month", N_("月度定稿"), MONITORS, whole=True)
REFRESH = Act("refresh", N_("立即刷新"), MONITORS | {Role.SYSTEM_ADMIN})
ACTS = (UPLOAD, CLOSE_MONTH, REFRESH)
