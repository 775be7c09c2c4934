"""What readers do on 数据接入: who may. Callbacks of the page do it for a file and a refresh, which send no form; decisions on a delivery are forms of its drawer."""

from __future__ import annotations

from dashboard.site.act import Act, Deed, Done, act
from dashboard.site.fields import Area
from dashboard.site.view import number_in
from dashboard.words.wording import N_, _
from workflows.deliveries import decisions
from workflows.deliveries.decisions import NoSuchDelivery
from workflows.people.accounts import Role
from workflows.people.rights import DECIDING, MONITORS, WORKING

UPLOAD = Act("upload", N_("上传文件"), WORKING | {Role.SYSTEM_ADMIN})
REFRESH = Act("refresh", N_("立即刷新"), MONITORS | {Role.SYSTEM_ADMIN})
BATCH = "batch-"
WHY = Area("why", N_("理由"), rows=2)


def batch_number(item: str) -> int | None:
    """The batch that an address's ``item`` names; None where it names none."""
    return number_in(item.removeprefix(BATCH)) if item.startswith(BATCH) else None


def _number(deed: Deed) -> int:
    found = batch_number(deed.reading.view.item)
    if found is None:
        raise NoSuchDelivery(f"{deed.reading.view.item} names no batch", number=deed.reading.view.item)
    return found


@act("confirm_delivery", N_("复核通过"), DECIDING)
def confirm_delivery(deed: Deed) -> Done:
    """The second person's yes. Raises NoSuchDelivery, NotAllowed, StaleRow."""
    number = _number(deed)
    record = decisions.confirm(deed.connection, number, deed.account, deed.now)
    return Done(
        _("复核通过，正在入库。"), str(number), {"origin": record.origin, "sha256": record.sha256}, refresh=True
    )


@act("decline_delivery", N_("退回修改"), DECIDING, (WHY,))
def decline_delivery(deed: Deed) -> Done:
    """The second person's no. Raises NoSuchDelivery, NotAllowed, StaleRow."""
    number = _number(deed)
    decisions.decline(deed.connection, number, deed.account, deed[WHY], deed.now)
    return Done(_("已退回，数据没有变动。"), str(number))


@act("withdraw_delivery", N_("撤回本批"), DECIDING, (WHY,))
def withdraw_delivery(deed: Deed) -> Done:
    """Take back what a batch brought. Raises NoSuchDelivery, NotAllowed, NotWithdrawn."""
    number = _number(deed)
    by = decisions.take_back(deed.connection, number, deed.account, deed[WHY], deed.now)
    return Done(_("已撤回，刷新后各页恢复到没有这一批的样子。"), str(number), {"withdrawal": by}, refresh=True)


@act("cancel_delivery", N_("取消排队"), UPLOAD.roles)
def cancel_delivery(deed: Deed) -> Done:
    """Take what one gave in out of the queue. Raises NoSuchDelivery, StaleRow once it is being taken in."""
    number = _number(deed)
    decisions.cancel(deed.connection, number, deed.account, deed.now)
    return Done(_("已取消排队，数据没有变动。"), str(number))


ACTS = (UPLOAD, REFRESH, cancel_delivery, confirm_delivery, decline_delivery, withdraw_delivery)
