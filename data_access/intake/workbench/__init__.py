"""The import workbench 导入工作台: tables as officials make them → what was found → how it is meant → rows of ours.

``find`` says where a table stands on a sheet and what of it is no data, ``mapping`` what each row and column means,
``reading`` what the cells then say, ``agreement`` whether that adds up with the sheet's own totals. Nothing here changes
a store; upload, drop folder, command and source database use the same mapping.
"""
