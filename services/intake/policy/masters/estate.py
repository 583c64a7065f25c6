"""The sheets of what stands and who lives there: buildings, units, residents, equipment."""

from services.intake.policy.masters.columns import (
    BUILDING_ALSO,
    BUILDING_HINT,
    DAY_HINT,
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

_BUILDING_ID = Named("楼栋的简短编号，房屋表引用它", "A short id; the sheet Units refers to it")
_UNIT_ID = Named("全小区唯一的房号", "Unique within the site")
_UNIT_STATE = Named("房屋如何使用；不再存在的写“注销”", "How it is used; Retired where it exists no more")
_RESIDENT_ID = Named(
    "住户的唯一编号；留空则以房号加姓名识别，同一房号两人同名时必填",
    "A unique number; left empty, unit and name identify the person; needed for namesakes in one unit",
)

BUILDINGS = Sheet(
    Kind.BUILDINGS,
    Named("楼栋", "Buildings"),
    Named("小区里的每一栋楼", "Every building of the site"),
    (
        column("id", ("楼栋", "Building"), Value.ID, _BUILDING_ID, example="3栋", required=True, also=BUILDING_ALSO),
        column("name", ("名称", "Name"), Value.LINE, Named("全称", "Its full name"), example="听海阁", width=20),
        column("floors", ("层数", "Floors"), Value.COUNT, Named("整数", "A whole number"), example="32", width=8),
        NOTE,
    ),
)

UNITS = Sheet(
    Kind.UNITS,
    Named("房屋", "Units"),
    Named("每一套房屋、商铺或车位", "Every home, shop or parking space"),
    (
        column("id", ("房号", "Unit"), Value.ID, _UNIT_ID, example="3-1201", required=True, also=UNIT_ALSO),
        column("building", ("楼栋", "Building"), Value.ID, BUILDING_HINT, example="3栋", also=BUILDING_ALSO),
        column(
            "area", ("面积", "Area"), Value.AREA, Named("平方米", "Square metres"), example="89.5", also=("建筑面积",)
        ),
        column(
            "state",
            ("状态", "State"),
            Value.WORD,
            _UNIT_STATE,
            example="自住",
            choices=words(
                ("own", "自住", "Owner-occupied"),
                ("let", "出租", "Let"),
                ("vacant", "空置", "Vacant"),
                ("renovating", "装修", "Under renovation"),
                ("unsold", "未售", "Unsold"),
                ("retired", "注销", "Retired"),
            ),
        ),
        NOTE,
    ),
)

RESIDENTS = Sheet(
    Kind.RESIDENTS,
    Named("住户", "Residents"),
    Named("住在这里或拥有房屋的人，每人每房一行", "Who lives here or owns a unit: a row for each person and unit"),
    (
        column("id", ("编号", "No."), Value.ID, _RESIDENT_ID, example="Z0001", also=("住户编号", "客户编号")),
        column("unit", ("房号", "Unit"), Value.ID, UNIT_HINT, example="3-1201", required=True, also=UNIT_ALSO),
        column(
            "name",
            ("姓名", "Name"),
            Value.LINE,
            Named("姓名或公司名", "Name of the person or company"),
            example="王芳",
            required=True,
            also=("住户姓名", "业主姓名", "客户姓名"),
        ),
        column(
            "phone",
            ("电话", "Phone"),
            Value.PHONE,
            PHONE_HINT,
            example="13800138000",
            width=20,
            also=("手机", "手机号", "手机号码", "联系电话"),
        ),
        column(
            "kind",
            ("身份", "Role"),
            Value.WORD,
            Named("与房屋的关系；留空为业主", "Relation to the unit; the owner if left empty"),
            example="业主",
            choices=words(
                ("owner", "业主", "Owner"),
                ("tenant", "租户", "Tenant"),
                ("family", "家属", "Family"),
                ("other", "其他", "Other"),
            ),
        ),
        column("moved_in", ("入住日期", "Moved in"), Value.DAY, DAY_HINT, example="2020-05-01", ahead=YEAR),
        column(
            "moved_out",
            ("搬离日期", "Moved out"),
            Value.DAY,
            Named("日期，最后居住的一天；仍在住则留空", "A date, the last day; empty while living here"),
            ahead=5 * YEAR,
        ),
        NOTE,
    ),
)

EQUIPMENT = Sheet(
    Kind.EQUIPMENT,
    Named("设备", "Equipment"),
    Named("电梯、水泵、门禁等需要维护的设备", "Lifts, pumps, gates: what has to be serviced"),
    (
        column("id", ("编号", "No."), Value.ID, Named("设备编号", "Its number"), example="DT-03-1", required=True),
        column(
            "name",
            ("名称", "Name"),
            Value.LINE,
            Named("人们怎么称呼它", "What people call it"),
            example="3栋1号客梯",
            required=True,
            width=20,
        ),
        column(
            "category", ("类别", "Category"), Value.LINE, Named("如电梯、水泵", "Such as lift, pump"), example="电梯"
        ),
        column(
            "location", ("位置", "Location"), Value.LINE, Named("在哪里", "Where it is"), example="3栋大堂", width=20
        ),
        column("unit", ("房号", "Unit"), Value.ID, UNIT_HINT, also=UNIT_ALSO),
        column("building", ("楼栋", "Building"), Value.ID, BUILDING_HINT, example="3栋", also=BUILDING_ALSO),
        column(
            "state",
            ("状态", "State"),
            Value.WORD,
            Named("留空为在用", "In use if left empty"),
            example="在用",
            choices=words(
                ("in_use", "在用", "In use"), ("stopped", "停用", "Stopped"), ("scrapped", "报废", "Scrapped")
            ),
        ),
        column(
            "service_days",
            ("保养周期(天)", "Service every (days)"),
            Value.COUNT,
            Named("两次保养之间的天数", "Days between two services"),
            example="15",
            also=("保养周期",),
        ),
    ),
)
