"""A company on Wukong CRM 11: its tables as far as the pack reads them, and rows whose KPIs can be counted by hand.

Belongs here: schema and rows, both written by us; the names of tables and columns are the CRM's own.
"""

from __future__ import annotations

TABLES = {
    "admin_user": "user_id bigint primary key, realname varchar(50), mobile varchar(20), dept_id int, parent_id bigint,"
    " post varchar(50), status int, create_time datetime",
    "admin_dept": "dept_id int primary key, pid int, name varchar(50), num int",
    "crm_customer": "customer_id int primary key, customer_name varchar(255), mobile varchar(20), owner_user_id bigint,"
    " status int, create_time datetime, update_time datetime, batch_id varchar(32)",
    "crm_customer_data": "id int primary key auto_increment, name varchar(50), value text, batch_id varchar(32)",
    "crm_leads": "leads_id int primary key, leads_name varchar(255), is_transform int, customer_id int,"
    " owner_user_id bigint, create_time datetime, batch_id varchar(32)",
    "crm_leads_data": "id int primary key auto_increment, name varchar(50), value text, batch_id varchar(32)",
    "crm_business": "business_id int primary key, type_id int, status_id int, customer_id int, owner_user_id bigint,"
    " money decimal(18,2), deal_date datetime, create_time datetime, update_time datetime, is_end int default 0,"
    " status_remark varchar(500), status int default 1",
    "crm_business_status": "status_id int primary key, type_id int, name varchar(50), rate varchar(20), order_num int",
    "crm_business_change": "change_id int primary key auto_increment, business_id int, status_id int,"
    " create_time datetime, create_user_id bigint",
    "crm_contract": "contract_id int primary key, name varchar(255), customer_id int, business_id int,"
    " owner_user_id bigint, order_date datetime, start_time datetime, end_time datetime, money decimal(18,2),"
    " check_status int, update_time datetime",
    "crm_receivables_plan": "plan_id int primary key, customer_id int, contract_id int, owner_user_id bigint,"
    " return_date datetime, money decimal(18,2)",
    "crm_receivables": "receivables_id int primary key, plan_id int, customer_id int, contract_id int,"
    " owner_user_id bigint, return_time datetime, money decimal(18,2), check_status int",
    "crm_product": "product_id int primary key, name varchar(255), category_id int, price decimal(18,2), status int",
    "crm_product_category": "category_id int primary key, name varchar(50), pid int",
    "crm_activity": "activity_id int primary key auto_increment, type int, category varchar(50), activity_type int,"
    " activity_type_id int, content varchar(1024), next_time datetime, status int default 1, address varchar(255),"
    " create_user_id bigint, create_time datetime",
    "crm_return_visit": "visit_id int primary key, customer_id int, owner_user_id bigint, visit_time datetime,"
    " batch_id varchar(32)",
    "crm_return_visit_data": "id int primary key auto_increment, name varchar(50), value text, batch_id varchar(32)",
    "crm_achievement": "achievement_id int primary key auto_increment, obj_id int, type int, year varchar(20), "
    + ", ".join(
        f"{month} decimal(18,2) default 0"
        for month in [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ]
    )
    + ", status int, yeartarget decimal(18,2) default 0",
}

# Persons 11 (team 3, of department 2) and 12 (department 2). March 2026:
#   signed     10,000.00 by 11 and 2,500.50 by 12; the rest is in approval, removed, void, not handed in, or of February
#   collected   4,000.00 by 11 and 600.25 by 12; the rest waits or is removed
#   won        deals 1, 2, 3; lost 5, 6. Deal 4 was won in April, half an hour after midnight; 9 was won and then removed
#   satisfied  4 of 5 answers
ROWS = {
    "admin_dept (dept_id, pid, name)": "(1, 0, '总公司'), (2, 1, '销售部'), (3, 2, '华东组')",
    "admin_user (user_id, realname, dept_id, parent_id, post, status, create_time)": "(11, '张一', 3, 12, '销售', 1,"
    " '2025-01-01'), (12, '李二', 2, 0, '经理', 1, '2025-01-01'), (13, '王三', 3, 12, '销售', 0, '2025-01-01')",
    "crm_customer (customer_id, customer_name, owner_user_id, status, create_time, update_time, batch_id)": "(101,"
    " '甲公司', 11, 1, '2026-01-05 09:00:00', '2026-03-01', 'b101'), (102, '乙公司', null, 2, '2026-01-06',"
    " '2026-03-01', 'b102'), (103, '丙公司', 12, 3, '2026-01-07', '2026-01-07', 'b103')",
    "crm_customer_data (name, value, batch_id)": "('industry', '仪器', 'b101'), ('level', 'A', 'b101'),"
    " ('source', '展会', 'b101'), ('satisfaction', '满意', 'b101'), ('flied_abcdef', '一般', 'b101')",
    "crm_leads (leads_id, is_transform, customer_id, owner_user_id, create_time, batch_id)": "(51, 1, 101, 11,"
    " '2026-01-02', 'b51'), (52, 0, null, 12, '2026-02-02', 'b52')",
    "crm_leads_data (name, value, batch_id)": "('source', '官网', 'b51')",
    "crm_business_status (status_id, type_id, name, order_num)": "(1, 1, '验证客户', 1), (2, 1, '方案报价', 2),"
    " (3, 1, '谈判', 3)",
    "crm_business (business_id, type_id, status_id, customer_id, owner_user_id, money, deal_date, create_time,"
    " update_time, is_end, status_remark, status)": "(1, 1, 3, 101, 11, 100, '2026-03-15', '2026-01-05', '2026-04-05',"
    " 1, null, 1), (2, 1, 2, 101, 11, 200, null, '2026-01-05', '2026-04-05', 1, null, 1), (3, 1, 1, 102, 12, 300, null,"
    " '2026-01-05', '2026-04-05', 1, null, 1), (4, 1, 1, 102, 12, 400, null, '2026-01-05', '2026-03-31', 1, null, 1),"
    " (5, 1, 2, 101, 11, 500, null, '2026-01-05', '2026-04-05', 2, '价格高', 1), (6, 1, 1, 101, 12, 600, null,"
    " '2026-01-05', '2026-03-25 10:00:00', 2, null, 1), (7, 1, 1, 101, 12, 700, null, '2026-01-05', '2026-03-25', 3,"
    " null, 1), (8, 1, 3, 101, 12, 800, null, '2026-01-05', '2026-03-25', 0, null, 1), (9, 1, 1, 101, 12, 900, null,"
    " '2026-01-05', '2026-03-25', 1, null, 3)",
    # Deal 1 goes back and forward; in one second to 3 by way of 2. Deal 2 ends without a word in the log.
    "crm_business_change (business_id, status_id, create_time)": "(1, 2, '2026-02-01 10:00:00'), (1, 1, '2026-02-10"
    " 10:00:00'), (1, 2, '2026-03-01 10:00:00'), (1, 3, '2026-03-01 10:00:00'), (2, 2, '2026-03-10 18:00:00'),"
    " (5, 2, '2026-02-20')",
    "crm_activity (type, category, activity_type, activity_type_id, content, status, address, create_user_id,"
    " create_time)": "(3, null, 5, 1, '谈判', 1, null, 11, '2026-03-01 10:00:00'), (3, null, 5, 1, '赢单', 1, null, 11,"
    " '2026-03-31 23:30:00'), (3, null, 5, 3, '赢单', 1, null, 12, '2026-03-05 12:00:00'), (3, null, 5, 4, '赢单', 1,"
    " null, 12, '2026-04-01 00:30:00'), (3, null, 5, 5, '输单', 1, null, 11, '2026-03-20 12:00:00'), (1, '上门拜访', 2,"
    " 101, '谈得很好', 1, '上海', 11, '2026-02-03 09:00:00'), (1, '打电话', 5, 8, '再联系', 1, null, 12, '2026-03-30"
    " 09:00:00'), (4, null, 2, 102, '', 1, '苏州', 12, '2026-04-02 09:00:00'), (1, '发短信', 1, 52, '删掉的', 0, null,"
    " 12, '2026-04-03 09:00:00')",
    "crm_contract (contract_id, customer_id, business_id, owner_user_id, order_date, money, check_status)": "(301, 101,"
    " 1, 11, '2026-03-03', 10000, 1), (302, 101, 2, 12, '2026-03-31', 2500.50, 1), (303, 101, 3, 11, '2026-03-05',"
    " 9999, 3), (304, 101, null, 11, '2026-03-05', 8888, 7), (305, 101, null, 11, '2026-03-05', 7777, 8), (306, 101,"
    " null, 11, '2026-02-28', 1000, 1), (307, 101, null, 11, '2026-03-05', 5, 5), (308, 101, null, 11, '2026-03-05', 6,"
    " 0)",
    "crm_receivables_plan (plan_id, customer_id, contract_id, owner_user_id, return_date, money)": "(601, 101, 301, 11,"
    " '2026-03-20', 5000)",
    "crm_receivables (receivables_id, plan_id, customer_id, contract_id, owner_user_id, return_time, money,"
    " check_status)": "(401, 601, 101, 301, 11, '2026-03-05', 4000, 1), (402, null, 101, 302, 12, '2026-03-30', 600.25,"
    " 1), (403, null, 101, 301, 11, '2026-03-06', 777, 0), (404, null, 101, 301, 11, '2026-03-06', 888, 7)",
    "crm_product_category (category_id, name, pid)": "(1, '仪器', 0)",
    "crm_product (product_id, name, category_id, price, status)": "(1, '光谱仪', 1, 9.99, 1), (2, '旧款', 1, 5, 3)",
    "crm_return_visit (visit_id, customer_id, owner_user_id, visit_time, batch_id)": "(1, 101, 11, '2026-03-02', 'v1'),"
    " (2, 101, 11, '2026-03-03', 'v2'), (3, 101, 11, '2026-03-04', 'v3'), (4, 102, 12, '2026-03-05', 'v4'), (5, 102,"
    " 12, '2026-03-31 23:59:59', 'v5'), (6, 102, 12, '2026-03-06', 'v6')",
    "crm_return_visit_data (name, value, batch_id)": "('satisficing', '很满意', 'v1'), ('satisficing', '满意', 'v2'),"
    " ('satisficing', '满意', 'v3'), ('satisficing', '一般', 'v4'), ('satisficing', '很满意', 'v5'), ('satisficing',"
    " '', 'v6'), ('flied_itvzix', '不满意', 'v1')",
    "crm_achievement (obj_id, type, year, march, april, status)": "(11, 3, '2026', 20000, 0, 1), (12, 3, '2026', 0, 100,"
    " 1), (2, 2, '2026', 10000, 0, 1), (1, 2, '2026', 25001, 0, 1), (11, 3, '2026', 5000, 0, 2), (11, 3, '2025', 1, 1,"
    " 1)",
}


def statements(prefix: str) -> list[str]:
    """What makes the database, for tables that begin with `prefix`."""
    made = [f"create table {prefix}{name} ({columns}) character set utf8mb4" for name, columns in TABLES.items()]
    return made + [f"insert into {prefix}{into} values {rows}" for into, rows in ROWS.items()]
