"""The departments 部门 that pooled insurance is run by, as codes. What they are called is said where it is shown."""

from __future__ import annotations

from enum import StrEnum


class Department(StrEnum):
    SOCIAL = "social"  # 人力资源社会保障
    FISCAL = "fiscal"  # 财政
    TAX = "tax"  # 税务
    AGENCY = "agency"  # 经办机构
    TREASURY = "treasury"  # 人民银行国库


# Who signs together: the management gap, 苏政发〔2020〕45号 附件3 三（一）, and the yearly assessment, 二（七）.
SIGNERS = (Department.SOCIAL, Department.FISCAL, Department.TAX)
