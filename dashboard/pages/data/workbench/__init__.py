"""导入工作台: a file that is no template is found, mapped, compared and taken."""
