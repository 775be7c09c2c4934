"""备份: the last one on record; what of this installation belongs into one, where it is and how large."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dash import html
from dash.development.base_component import Component

from dashboard.components import frame, parts
from dashboard.components.table import Column, Row, Table, html_table
from dashboard.pages.admin.health import DATABASES, folder_size, site, size_words
from dashboard.pages.admin.tab import PATH, Tab
from dashboard.site.reading import Reading
from dashboard.words import display
from dashboard.words.wording import N_, _
from data_access.backup.taking import DEED, INBOX
from data_access.intake.originals import ORIGINALS
from data_access.store.audit import last_of
from data_access.store.health import store_state

# Below the installation's own folder: what each is, and what is lost without it.
PARTS: dict[str, tuple[str, str]] = {
    INBOX: (N_("收件目录"), N_("还没有收取的文件，和已收取、被退回的")),
    ORIGINALS: (N_("报送原件"), N_("各批次的原始文件，供核对和追溯")),
    "sources": (N_("取数映射文件"), N_("从各部门业务库取数的约定")),
    "mappings": (N_("导入映射文件"), N_("非模板表格的对应关系")),
    "secret_key": (N_("会话密钥"), N_("丢失后所有人须重新登录，第二验证须重设")),
    "seal_key": (N_("封存密钥"), N_("丢失后以前的封存无法验证；与数据库分开保存")),
    "person_key": (N_("个人代号密钥"), N_("丢失后个人明细账认不出同一个人；与明细账分开保存")),
    "seals.log": (N_("封存日志"), N_("每日封存的凭据，验证时与数据库对照")),
}


def show(reading: Reading) -> Component:
    table = backup_table(reading)
    body = parts.section(
        _("需要备份的内容"),
        html.Div(html_table(table), className="scroll"),
        note=_("大小为现在的"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_("密钥只在备份命令带 --with-keys 时放入备份文件；不带时请另行保管，恢复时要用。演示数据不需要备份。"),
    )
    how = _(
        "flask backup 把以上内容写入一个文件，写完回读核对，网站照常运行；flask restore 恢复，flask upgrade 升级前自动备份。请定时备份、存到别的机器，并定期演练恢复。"
    )
    return html.Div([parts.conclusion(last_backup(reading), how), body])


def last_backup(reading: Reading) -> str:
    """The last backup on record, in words."""
    found = reading.ask(last_of, DEED)
    if found is None:
        return _("尚无备份记录。")
    at, told = found
    size = size_words(int(str(told["bytes"])))
    return _("最近一次备份：{moment}，{path}，{size}。", moment=display.moment(at), path=told["path"], size=size)


def backup_table(reading: Reading) -> Table:
    """What to keep, where it is, how large, and when it last changed."""
    columns = (
        Column("name", _("内容")),
        Column("place", _("位置"), className="wrap"),
        Column("size", _("大小"), right=True),
        Column("changed", _("最近变动")),
        Column("why", _("用途"), className="wrap"),
    )
    store, var = reading.ask(store_state), site().var
    database = {
        "name": _("数据库"),
        "place": str(site().engine.url.database) if store.kind == "sqlite" else DATABASES[store.kind],
        "size": size_words(store.size),
        "changed": "",
        "why": _("全部数据、账户、操作记录"),
    }
    rows = [Row(database)]
    for name, (title, why) in PARTS.items():
        path = var / name
        there = path.exists()
        size = (folder_size(path) if path.is_dir() else path.stat().st_size) if there else None
        rows.append(
            Row(
                {
                    "name": _(title),
                    "place": str(path),
                    "size": _("没有") if size is None else size_words(size),
                    "changed": _changed(path) if there else "",
                    "why": _(why),
                }
            )
        )
    return Table("backup", _("需要备份的内容"), columns, rows, of_now=True)


def _changed(path: Path) -> str:
    return display.moment(datetime.fromtimestamp(path.stat().st_mtime, UTC))


TAB = Tab("backup", N_("备份"), show, tables={"backup": backup_table})
