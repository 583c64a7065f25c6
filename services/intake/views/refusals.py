"""Files that cannot be read at all: what is wrong with each, and what to do."""

from dataclasses import replace

from services.intake.policy.masters.findings import NOTHING, Finding
from shared.organisation.records import Named

_SAVE_XLSX = Named(
    "在 Excel 或 WPS 中另存为“Excel 工作簿 (.xlsx)”后再上传", "Save it as “Excel Workbook (.xlsx)” and upload that"
)
_DOWNLOAD_AGAIN = Named("重新保存或重新导出后再上传", "Save or export it again and upload that")
_COPY_VALUES = Named(
    "把内容复制到本系统的模板中（选择性粘贴 → 数值）再上传",
    "Copy the contents into our template as values and upload that",
)
_SPLIT = Named("拆成几个文件，分次上传", "Split it and upload the parts one after another")

REFUSALS: dict[str, tuple[Named, Named]] = {
    "empty_file": (Named("文件是空的", "The file is empty"), _DOWNLOAD_AGAIN),
    "password": (
        Named("文件有打开密码", "The file is protected by a password"),
        Named(
            "去掉密码（文件 → 信息 → 保护工作簿）后再上传",
            "Remove the password (File, Info, Protect Workbook) and upload it again",
        ),
    ),
    "old_excel": (Named("这是旧版 Excel 格式 (.xls)", "An Excel file of the old format (.xls)"), _SAVE_XLSX),
    "web_page": (Named("这是网页格式的表格", "A table saved as a web page"), _SAVE_XLSX),
    "macros": (Named("文件含有宏", "The file contains macros"), _SAVE_XLSX),
    "binary_excel": (Named("这是二进制 Excel 格式 (.xlsb)", "An Excel file of the binary format (.xlsb)"), _SAVE_XLSX),
    "not_a_sheet": (
        Named("这不是表格文件", "Not a spreadsheet"),
        Named("上传 .xlsx 或 .csv 文件", "Upload an .xlsx or .csv file"),
    ),
    "damaged": (Named("文件已损坏，读到一半出错", "The file is damaged"), _DOWNLOAD_AGAIN),
    "zip_bomb": (Named("文件解压后大得异常", "Unpacked, the file would be far too large"), _COPY_VALUES),
    "too_many_parts": (Named("压缩包里的部件太多", "The archive has too many parts"), _COPY_VALUES),
    "declares_entities": (
        Named("文件内容声明了外部实体，不会读取", "The file declares entities of its own; such files are not read"),
        _COPY_VALUES,
    ),
    "too_many_rows": (Named("行数太多", "Too many rows"), _SPLIT),
    "too_many_columns": (
        Named("列数太多", "Too many columns"),
        Named("删去多余的列；模板列出全部可用的列", "Delete what is not needed; the template has every known column"),
    ),
    "unknown_encoding": (
        Named("文字编码既不是 UTF-8 也不是 GB18030", "The text is neither UTF-8 nor GB18030"),
        Named("另存为“CSV UTF-8 (逗号分隔)”后再上传", "Save it as “CSV UTF-8 (comma delimited)” and upload that"),
    ),
    "bad_csv": (
        Named(
            "从这一行起无法分列：引号不成对或一行太长",
            "From this row on columns cannot be told: a quote is open, or a line is too long",
        ),
        Named("检查这一行的引号，或改用 .xlsx", "Check the quotes of this row, or use .xlsx"),
    ),
}
"""By code: what is wrong, and what to do."""


class Unreadable(Exception):
    """A file, or the rest of it, cannot be read.

    Attributes:
        finding: Names the place and the remedy.
    """

    def __init__(self, code: str, *, sheet: str = "", row: int = 0, letter: str = "", value: str = "") -> None:
        super().__init__(code)
        wrong, right = REFUSALS[code]
        self.finding = Finding(sheet, row, letter, NOTHING, value, code, wrong, right)

    def within(self, sheet: str, row: int) -> "Unreadable":
        """The same with its place, where it has none yet; *row* is the last one read."""
        if not self.finding.sheet:
            self.finding = replace(self.finding, sheet=sheet, row=row)
        return self
