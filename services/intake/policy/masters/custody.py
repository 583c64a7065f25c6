"""The sheets of what is held for others when a site goes live: keys, deposits, matters already open."""

from services.intake.policy.masters.columns import (
    DAY_HINT,
    INSTANT_HINT,
    NOTE,
    PHONE_HINT,
    UNIT_ALSO,
    UNIT_HINT,
    YEAR,
    Sheet,
    Value,
    column,
    words,
)
from services.intake.policy.masters.records import Kind
from shared.organisation.records import Named

_AS_IN_PACK = Named("从列表中选择", "Choose from the list")
_RECEIVED_AT = Named(
    "日期和时间，如 2024-05-01 09:30；只写日期按当天 00:00 计",
    "Date and time, such as 2024-05-01 09:30; a date alone means 00:00 of that day",
)
_DUE_AT = Named(
    "答应办完的时间，如 2024-05-03 18:00；只写日期按当天 24:00 计",
    "By when it was promised, such as 2024-05-03 18:00; a date alone means 24:00 of that day",
)

KEYS = Sheet(
    Kind.KEYS,
    Named("钥匙", "Keys"),
    Named("钥匙柜中保管的钥匙", "Keys kept in the cabinet"),
    (
        column("id", ("编号", "No."), Value.ID, Named("钥匙编号", "Its number"), example="K-0031", required=True),
        column("unit", ("房号", "Unit"), Value.ID, UNIT_HINT, example="3-1201", required=True, also=UNIT_ALSO),
        column(
            "copies",
            ("把数", "Copies"),
            Value.COUNT,
            Named("整数", "A whole number"),
            example="2",
            required=True,
            width=8,
        ),
        column("cabinet", ("柜号", "Cabinet"), Value.LINE, Named("挂在哪里", "Where it hangs"), example="A-12"),
        column(
            "entrusted_by", ("委托人", "Entrusted by"), Value.LINE, Named("谁交来保管", "Who gave it"), example="王芳"
        ),
        column("received_on", ("收取日期", "Received on"), Value.DAY, DAY_HINT, example="2020-05-01"),
        column(
            "state",
            ("状态", "State"),
            Value.WORD,
            Named("留空为在柜", "In the cabinet if left empty"),
            example="在柜",
            choices=words(
                ("in_cabinet", "在柜", "In cabinet"), ("lent", "借出", "Lent"), ("given_back", "已退还", "Given back")
            ),
        ),
        column("borrower", ("借用人", "Borrower"), Value.LINE, Named("借出时必填", "Needed while lent")),
        column("lent_at", ("借出时间", "Lent at"), Value.INSTANT, INSTANT_HINT, width=20),
    ),
)

DEPOSITS = Sheet(
    Kind.DEPOSITS,
    Named("押金", "Deposits"),
    Named("已收取、日后要退还的押金", "Money held that is to be given back"),
    (
        column(
            "id",
            ("收据号", "Receipt"),
            Value.ID,
            Named("收据号码", "Number of the receipt"),
            example="SJ20200501",
            required=True,
        ),
        column(
            "category",
            ("类别", "Category"),
            Value.WORD,
            Named("押金的用途", "What it is for"),
            example="装修",
            required=True,
            choices=words(
                ("renovation", "装修", "Renovation"),
                ("pass", "出入证", "Pass"),
                ("key", "钥匙", "Key"),
                ("other", "其他", "Other"),
            ),
        ),
        column("unit", ("房号", "Unit"), Value.ID, UNIT_HINT, example="3-1201", also=UNIT_ALSO),
        column(
            "payer",
            ("缴款人", "Payer"),
            Value.LINE,
            Named("谁缴的", "Who paid"),
            example="王芳",
            required=True,
            also=("交款人",),
        ),
        column(
            "amount",
            ("金额", "Amount"),
            Value.MONEY,
            Named("大于零，最多两位小数，如 1000.00", "Above zero, two decimals at most, such as 1000.00"),
            example="1000.00",
            required=True,
        ),
        column("received_on", ("收取日期", "Received on"), Value.DAY, DAY_HINT, example="2020-05-01", required=True),
        column(
            "refunded_on", ("退还日期", "Refunded on"), Value.DAY, Named("日期；未退则留空", "A date; empty while held")
        ),
        NOTE,
    ),
)

MATTERS = Sheet(
    Kind.MATTERS,
    Named("未结事项", "Open matters"),
    Named("上线前已受理、尚未办结的事项", "Matters received before going live and not yet ended"),
    (
        column(
            "id",
            ("原编号", "Former no."),
            Value.ID,
            Named("原登记簿编号", "Number in the former register"),
            example="2020-0513",
            required=True,
        ),
        column(
            "received_at",
            ("受理时间", "Received at"),
            Value.INSTANT,
            _RECEIVED_AT,
            example="2020-05-01 09:30",
            required=True,
            width=20,
        ),
        column(
            "unit",
            ("房号", "Unit"),
            Value.ID,
            Named("公共区域留空", "Empty for common areas"),
            example="3-1201",
            also=UNIT_ALSO,
        ),
        column("contact", ("联系人", "Contact"), Value.LINE, Named("谁提出的", "Who raised it"), example="王芳"),
        column(
            "phone", ("电话", "Phone"), Value.PHONE, PHONE_HINT, example="13800138000", width=20, also=("联系电话",)
        ),
        column(
            "case_type", ("类型", "Type"), Value.GIVEN, _AS_IN_PACK, example="投诉", required=True, also=("事项类型",)
        ),
        column("category", ("类别", "Category"), Value.GIVEN, _AS_IN_PACK),
        column("severity", ("级别", "Severity"), Value.GIVEN, _AS_IN_PACK),
        column(
            "content",
            ("内容", "Content"),
            Value.PROSE,
            Named("事情本身", "What it is about"),
            example="3栋大堂漏水",
            required=True,
            width=40,
        ),
        column("department", ("责任部门", "Department"), Value.GIVEN, _AS_IN_PACK),
        column("handler", ("经办人", "Handled by"), Value.GIVEN, _AS_IN_PACK),
        column("due_at", ("期限", "Due"), Value.INSTANT, _DUE_AT, width=20, ahead=5 * YEAR, ends_day=True),
        column(
            "state",
            ("状态", "State"),
            Value.WORD,
            Named(
                "办到哪一步；留空为已登记；已办结的不要填在这里",
                "How far it is; received if left empty; leave out what has ended",
            ),
            example="办理中",
            choices=words(
                ("received", "已登记", "Received"),
                ("accepted", "已签收", "Accepted"),
                ("started", "办理中", "Under way"),
                ("completed", "已处理，待回访", "Done, to be followed up"),
            ),
        ),
        NOTE,
    ),
)
