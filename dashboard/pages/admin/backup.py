"""备份: what of this installation is to be backed up and where it is; that no backup is on record."""

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
from data_access.intake.originals import ORIGINALS
from data_access.store.health import store_state

# Below the installation's own folder: what each is, and what is lost without it.
PARTS: dict[str, tuple[str, str]] = {
    ORIGINALS: (N_("报送原件"), N_("各批次的原始文件，供核对和追溯")),
    "sources": (N_("取数映射文件"), N_("从各部门业务库取数的约定")),
    "mappings": (N_("导入映射文件"), N_("非模板表格的对应关系")),
    "secret_key": (N_("会话密钥"), N_("丢失后所有人须重新登录，第二验证须重设")),
    "seal_key": (N_("封存密钥"), N_("丢失后以前的封存无法验证；与数据库分开保存")),
    "seals.log": (N_("封存日志"), N_("每日封存的凭据，验证时与数据库对照")),
}


def show(reading: Reading) -> Component:
    kind = reading.ask(store_state).kind
    table = backup_table(reading)
    body = parts.section(
        _("需要备份的内容"),
        html.Div(html_table(table), className="scroll"),
        note=_("大小为现在的"),
        actions=[frame.exports(PATH, table.code, reading.view)],
        foot=_("数据库和原件要取自同一时点：先备份数据库，再备份数据目录。演示数据不需要备份。"),
    )
    how = (
        _("数据库用 pg_dump 备份，用 pg_restore 恢复；数据目录整体复制。恢复后运行 flask init 和 flask check 核对。")
        if kind == "postgresql"
        else _(
            "数据库用 sqlite3 的 .backup 命令备份，不能直接复制正在使用的文件；数据目录整体复制。恢复后运行 flask init 和 flask check 核对。"
        )
    )
    said = _("尚无备份记录：本系统不自行备份，请由运维按计划备份并定期演练恢复。")
    return html.Div([parts.conclusion(said, how), body])


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
