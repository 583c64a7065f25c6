"""The words of the vocabularies, in Chinese; English stands in the catalogue."""

from collections.abc import Mapping

STATUS: Mapping[str, str] = {
    "received": "已登记",
    "dispatched": "已派工",
    "accepted": "已签收",
    "in_progress": "办理中",
    "returned": "退回前台",
    "resolved": "已处理，待回访",
    "joined": "并入事件",
    "closed": "已结束",
}
CHANNEL: Mapping[str, str] = {
    "visit": "来访",
    "phone": "来电",
    "letter": "来信",
    "fax": "传真",
    "online": "网络",
    "radio": "对讲",
    "patrol": "巡查发现",
    "superior": "上级转来",
    "import": "导入",
}
VALIDITY: Mapping[str, str] = {"unjudged": "尚未判定", "valid": "有效", "invalid": "无效"}
METHOD: Mapping[str, str] = {
    "phone": "电话",
    "visit": "上门",
    "letter": "书面",
    "online": "网络",
    "any": "任选方式",
}
ANSWER: Mapping[str, str] = {
    "satisfied": "满意",
    "unsatisfied": "不满意",
    "unreached": "未联系上",
    "refused": "不愿回访",
}
ENDING: Mapping[str, str] = {
    "satisfied": "客户满意",
    "unreached": "多次联系不上",
    "refused": "客户不愿回访",
    "anonymous": "匿名，核实后结案",
    "by_authority": "上级批准结案",
    "withdrawn": "客户撤回",
    "invalid": "非管理责任，已答复",
    "completed": "处理完毕",
    "with_incident": "随事件结案",
    "historical": "历史导入",
}
ON_TIME: Mapping[str, str] = {"met": "及时", "late": "超时"}
REPLY: Mapping[str, str] = {"first": "首次答复", "progress": "告知进展", "result": "告知结果"}
DECISION: Mapping[str, str] = {"approved": "批准", "refused": "不批准", "approved_late": "逾期后批准"}
REASON: Mapping[str, str] = {
    "intake": "登记即报",
    "breach": "超时",
    "silence": "无人确认",
    "upgrade": "升级",
    "extension": "申请延期",
    "asked": "下级上报",
    "unreachable": "通知不到",
    "notice": "按制度告知",
}
REOPENED: Mapping[str, str] = {
    "unsatisfied": "客户不满意",
    "false_completion": "并未完成",
    "customer": "客户再次提出",
}
FORMS: Mapping[str, str] = {
    "unit": "房号",
    "received_at": "接报时间",
    "customer_limit": "客户时限",
    "first_receiver": "首问责任人",
    "channel": "方式",
    "caller": "来电人",
    "content": "内容",
    "demand": "要求",
    "place": "地点",
    "form": "登记表内容",
    "outer": "外部来源",
    "contact": "联系方式",
}
CLOCK_OUTCOME: Mapping[str, str] = {"met": "按时", "late": "超时", "cancelled": "取消", "unset": "已完成"}
DROPPED: Mapping[str, str] = {
    "closed": "已结案",
    "acknowledged": "已有人确认",
    "ended": "时限已结束",
    "annulled": "超时已撤销",
}
YES_NO: Mapping[str, str] = {"yes": "是", "no": "否"}
OUTER: Mapping[str, str] = {
    "12345": "政务服务热线 12345",
    "street_office": "街道办事处",
    "owners_committee": "业主委员会",
    "media": "媒体",
    "superior": "上级单位",
}
MOVE: Mapping[str, str] = {"pay": "收取", "deduct": "扣除", "refund": "退还", "settle": "结算"}
ACCOUNT: Mapping[str, str] = {"cash": "现金", "held": "代管", "income": "收入", "spent": "支出"}
PAYER: Mapping[str, str] = {"owner": "业主", "contractor": "施工单位", "borrower": "借用人", "user": "使用人"}
SEEN_TO: Mapping[str, str] = {"told": "已告知", "not_needed": "不必再告知"}
OUTSIDE: Mapping[str, str] = {
    "customer": "客户",
    "affected": "受影响住户",
    "owners": "业主",
    "staff": "员工",
    "borrower": "借用人",
    "recipient": "收件人",
    "contractor": "施工单位",
    "superior": "上级单位",
    "authority": "主管部门",
    "departments": "各部门",
}
MEANS: Mapping[str, str] = {
    "task": "待办任务",
    "phone": "电话",
    "visit": "上门",
    "mailbox": "信箱",
    "board": "公告栏",
    "post": "邮寄",
    "paper": "书面",
    "radio": "对讲",
    "meeting": "会议",
    "screen": "显示屏",
}
NOTICE: Mapping[str, str] = {"inbox": "站内消息", "wecom": "企业微信群"}
ACTORS: Mapping[str, str] = {"system": "系统"}
"""Who acts without being a person."""
AUDIENCE: Mapping[str, str] = {"assignee": "经办人", "first_receiver": "首问责任人"}
