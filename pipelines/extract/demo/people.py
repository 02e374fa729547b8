"""Who works at Lanhai Instruments: units, employees by the day, and the seats they hold.

Belongs here: the organisation and its changes (a new team, moves, leavers). Does not: what people sell or solve.

A seat is a set of customers with somebody in charge. Seats never change; who sits on them does, so a customer of
somebody who left is served by the successor from that day on.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb

SINCE = date(2018, 1, 1)
FOR_EVER = date(9999, 12, 31)
XIAMEN_OPENS = date(2024, 7, 1)

# unit_id, parent, level, Chinese, English, valid_from
UNITS = [
    ("company", None, "company", "蓝海仪器", "Lanhai Instruments", SINCE),
    ("region_east", "company", "region", "华东大区", "East China", SINCE),
    ("region_south", "company", "region", "华南大区", "South China", SINCE),
    ("dept_east_sales", "region_east", "department", "华东销售部", "East Sales", SINCE),
    ("dept_east_service", "region_east", "department", "华东服务部", "East Service", SINCE),
    ("dept_south_sales", "region_south", "department", "华南销售部", "South Sales", SINCE),
    ("dept_south_service", "region_south", "department", "华南服务部", "South Service", SINCE),
    ("team_shanghai", "dept_east_sales", "team", "上海组", "Shanghai team", SINCE),
    ("team_hangzhou", "dept_east_sales", "team", "杭州组", "Hangzhou team", SINCE),
    ("team_nanjing", "dept_east_sales", "team", "南京组", "Nanjing team", SINCE),
    ("team_guangzhou", "dept_south_sales", "team", "广州组", "Guangzhou team", SINCE),
    ("team_shenzhen", "dept_south_sales", "team", "深圳组", "Shenzhen team", SINCE),
    ("team_xiamen", "dept_south_sales", "team", "厦门组", "Xiamen team", XIAMEN_OPENS),
    ("team_east_hotline", "dept_east_service", "team", "华东热线组", "East hotline", SINCE),
    ("team_east_field", "dept_east_service", "team", "华东现场组", "East field service", SINCE),
    ("team_south_hotline", "dept_south_service", "team", "华南热线组", "South hotline", SINCE),
    ("team_south_field", "dept_south_service", "team", "华南现场组", "South field service", SINCE),
]

# employee_id, name, unit, role
MANAGERS = [
    ("E001", "林海 (Lin Hai)", "company", "ceo"),
    ("E002", "陈静 (Chen Jing)", "company", "sales_director"),
    ("E003", "周文 (Zhou Wen)", "region_east", "region_manager"),
    ("E004", "黄志强 (Huang Zhiqiang)", "region_south", "region_manager"),
    ("E005", "顾敏 (Gu Min)", "dept_east_service", "service_manager"),
    ("E006", "梁伟 (Liang Wei)", "dept_south_service", "service_manager"),
]


class Seat(NamedTuple):
    """A seat and who holds it first: unit is theirs at the start; a number above 100 is a service seat."""

    number: int
    region: str
    unit: str
    name: str


def _seats(first: int, region: str, unit: str, names: str) -> list[Seat]:
    return [Seat(first + i, region, unit, name.strip()) for i, name in enumerate(names.split(","))]


SALES_SEATS = [
    *_seats(1, "region_east", "team_shanghai",
            "王磊 (Leo Wang), 李娜 (Nina Li), 张伟 (David Zhang), 刘洋 (Young Liu), 沈悦 (Joy Shen)"),
    *_seats(6, "region_east", "team_hangzhou",
            "赵敏 (Min Zhao), 孙浩 (Howard Sun), 吴婷 (Tina Wu), 郑凯 (Kai Zheng)"),
    *_seats(10, "region_east", "team_nanjing",
            "冯涛 (Tao Feng), 蒋雪 (Snow Jiang), 韩冰 (Bing Han), 杨帆 (Sail Yang)"),
    *_seats(14, "region_south", "team_guangzhou",
            "何俊 (Jun He), 罗丹 (Dana Luo), 梁晨 (Chen Liang), 谢飞 (Fei Xie), 许诺 (Nora Xu), 曾辉 (Hui Zeng), "
            "彭丽 (Lily Peng)"),
    *_seats(21, "region_south", "team_shenzhen",
            "邓超 (Chao Deng), 蔡琳 (Lynn Cai), 叶青 (Qing Ye), 潘越 (Yue Pan), 苏杭 (Hang Su)"),
]  # fmt: skip
SERVICE_SEATS = [
    *_seats(101, "region_east", "team_east_hotline", "丁宁 (Ning Ding), 魏来 (Will Wei), 薛梅 (May Xue)"),
    *_seats(104, "region_east", "team_east_field", "任杰 (Jay Ren), 姜山 (Shan Jiang)"),
    *_seats(106, "region_south", "team_south_hotline", "范晓 (Xiao Fan), 方圆 (Yuan Fang), 石磊 (Rock Shi)"),
    *_seats(109, "region_south", "team_south_field", "谭勇 (Yong Tan), 廖云 (Yun Liao)"),
]

# seat: (day, new unit); the person keeps the customers
MOVES = {
    4: (date(2025, 1, 1), "team_hangzhou"),
    11: (date(2025, 7, 1), "team_shanghai"),
    18: (XIAMEN_OPENS, "team_xiamen"),
    19: (XIAMEN_OPENS, "team_xiamen"),
    25: (XIAMEN_OPENS, "team_xiamen"),
    16: (date(2025, 10, 1), "team_shenzhen"),
    103: (date(2025, 4, 1), "team_east_field"),
}
# seat: (first day of the successor, successor); the one before left the day before
LEAVERS = {
    8: (date(2024, 10, 8), "宋佳 (Jia Song)"),
    13: (date(2025, 3, 3), "袁野 (Ye Yuan)"),
    23: (date(2025, 9, 1), "卢克 (Luke Lu)"),
    107: (date(2025, 11, 3), "马琳 (Lin Ma)"),
}


def employees() -> list[tuple]:
    """Dated rows: employee_id, name, unit, manager, role, hired, left, valid_from, valid_to (inclusive), seat."""
    rows: list[tuple] = [
        (e, name, unit, None if e == "E001" else "E001", role, SINCE, None, SINCE, None, None)
        for e, name, unit, role in MANAGERS
    ]
    for seat in [*SALES_SEATS, *SERVICE_SEATS]:
        service = seat.number > 100
        role = "service_agent" if service else "sales_rep"
        east = seat.region == "region_east"
        manager = ("E005" if east else "E006") if service else ("E003" if east else "E004")
        who = f"E{100 + seat.number:03d}"
        hired = date(2018 + seat.number % 5, 1 + seat.number % 12, 1)
        change, unit = MOVES.get(seat.number, (None, seat.unit))
        leaves, successor = LEAVERS.get(seat.number, (None, None))
        last_day = leaves - timedelta(days=1) if leaves else None
        if change:
            before = change - timedelta(days=1)
            rows.append((who, seat.name, seat.unit, manager, role, hired, None, hired, before, seat.number))
            rows.append((who, seat.name, unit, manager, role, hired, None, change, None, seat.number))
        else:
            rows.append((who, seat.name, unit, manager, role, hired, last_day, hired, last_day, seat.number))
        if leaves:
            new = f"E{300 + seat.number}"
            rows.append((new, successor, unit, manager, role, leaves, None, leaves, None, seat.number))
    return rows


def build(con: duckdb.DuckDBPyConnection) -> None:
    """Tables `units`, `employees`, and `seats`: who holds a seat, in which unit, from which day to which."""
    con.execute("create table units (unit_id text, parent_id text, level text, zh text, en text, valid_from date)")
    con.executemany("insert into units values (?, ?, ?, ?, ?, ?)", UNITS)
    con.execute("""create table employees (employee_id text, name text, unit_id text, manager_id text, role text,
        hired date, "left" date, valid_from date, valid_to date, seat int)""")
    con.executemany("insert into employees values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", employees())
    con.execute("create table homes (seat int, region_id text, team text)")
    homes = [(s.number, s.region, MOVES.get(s.number, (None, s.unit))[1]) for s in [*SALES_SEATS, *SERVICE_SEATS]]
    con.executemany("insert into homes values (?, ?, ?)", homes)
    con.execute("""create table seats as
        select seat, employee_id, unit_id, valid_from as since, coalesce(valid_to, date '9999-12-31') as until
        from employees where seat is not null""")
