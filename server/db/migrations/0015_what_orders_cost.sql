-- What a ticket costs besides its price, and what every order keeps of that for good.
-- Lock order (see 0001_first_sale.sql): a promotion's row comes after the payment_attempt row and before the seats; the
-- counter of the receipts comes after all of them and right before map_clock.

alter table venue add column cash_step int not null default 1 check (cash_step between 1 and 100000);
alter table venue add column seller_name text not null default '';
alter table venue add column seller_address text not null default '';
alter table venue add column seller_tax_number text not null default '';
alter table venue add column seller_registration text not null default '';
alter table venue add column seller_email text not null default '';

-- Rates are hundredths of a per cent. No name: no tax.
alter table price_type add column tax_name text not null default '';
alter table price_type add column tax_rate int not null default 0 check (tax_rate between 0 and 10000);
alter table price_type add column tax_included boolean not null default true;

create table performance_fee (
    performance_id uuid not null references performance,
    rank           int  not null,
    name           text not null,
    per            text not null check (per in ('ticket', 'order')),
    channels       text[] not null default '{}', -- none: all of them
    amount         bigint not null default 0 check (amount >= 0),
    rate           int not null default 0 check (rate between 0 and 10000),
    tax_name       text not null default '',
    tax_rate       int not null default 0 check (tax_rate between 0 and 10000),
    tax_included   boolean not null default true,
    primary key (performance_id, rank),
    unique (performance_id, name)
);

-- order_line.amount is the price of the list; total is what the place costs its buyer.
alter table order_line add column discount bigint not null default 0 check (discount between 0 and amount);
alter table order_line add column fee bigint not null default 0 check (fee >= 0);
alter table order_line add column tax bigint not null default 0 check (tax >= 0);
alter table order_line add column tax_added bigint not null default 0 check (tax_added between 0 and tax);
alter table order_line add column total bigint;
update order_line set total = amount;
alter table order_line alter column total set not null;
alter table order_line add constraint order_line_total_check check (total = amount - discount + fee + tax_added);

alter table sale_order add column fee bigint not null default 0 check (fee >= 0); -- Of the order, beside its lines'.

-- What an order is made of: the price of each line after its discount, and every fee, each with the tax in it or on it.
create table order_charge (
    order_id     uuid not null references sale_order,
    charge_no    int  not null,
    line_no      int  not null,              -- 0: of the order as a whole
    kind         text not null check (kind in ('price', 'fee')),
    name         text not null default '',
    amount       bigint not null check (amount >= 0), -- before a tax that is added to it
    tax_name     text not null default '',
    tax_rate     int not null default 0,
    tax_included boolean not null default true,
    tax          bigint not null default 0 check (tax >= 0),
    primary key (order_id, charge_no)
);
insert into order_charge (order_id, charge_no, line_no, kind, amount)
    select order_id, line_no, line_no, 'price', amount from order_line;
create trigger order_charge_append_only before update or delete or truncate on order_charge
    for each statement execute function refuse_change();

-- What the drawer takes more or less than the order costs, where the smallest coin is not the smallest unit.
alter table payment_attempt add column rounding bigint not null default 0;
alter table payment_attempt add constraint payment_attempt_rounding_check check (rounding = 0 or method = 'cash');

-- Where a repayment is made in cash, the drawer gives that much more (or less) than its amount.
alter table repayment add column rounding bigint not null default 0;

-- What a refund says of fees and taxes belongs to no payment.
alter table ledger_entry alter column payment_id drop not null;
alter table ledger_entry drop constraint ledger_entry_account_check;
alter table ledger_entry add constraint ledger_entry_account_check
    check (account in ('cash_drawer', 'card_clearing', 'ticket_sales', 'refunds_owed', 'fees', 'tax_payable',
                       'cash_rounding'));

-- Receipts have no gap: a number is given in the transaction that confirms the sale, under the lock of its counter.
create table receipt_counter (
    venue_id uuid not null references venue,
    year     int  not null,
    last     int  not null check (last > 0),
    primary key (venue_id, year)
);

create table receipt (
    order_id  uuid primary key references sale_order,
    venue_id  uuid not null references venue,
    year      int  not null,                 -- of the venue's calendar
    number    int  not null check (number > 0),
    issued_at timestamptz not null,
    unique (venue_id, year, number)
);
-- What was sold before has its receipts in the order in which it was confirmed.
insert into receipt (order_id, venue_id, year, number, issued_at)
    select o.id, v.id, extract(year from o.confirmed_at at time zone v.time_zone)::int,
           row_number() over (partition by v.id, extract(year from o.confirmed_at at time zone v.time_zone)
                              order by o.confirmed_at, o.id),
           o.confirmed_at
    from sale_order o join performance p on p.id = o.performance_id join event e on e.id = p.event_id
    join venue v on v.id = e.venue_id where o.confirmed_at is not null;
insert into receipt_counter (venue_id, year, last) select venue_id, year, max(number) from receipt group by 1, 2;
create trigger receipt_append_only before update or delete or truncate on receipt
    for each statement execute function refuse_change();

-- Codes that take something off the price. used counts the orders that are paid or being paid, under the row's lock.
create table promotion (
    id                uuid primary key,
    venue_id          uuid not null references venue,
    code              text not null check (code = upper(code)),
    name              text not null,
    per               text not null check (per in ('ticket', 'order')),
    amount            bigint not null default 0 check (amount >= 0),
    rate              int not null default 0 check (rate between 0 and 10000),
    uses_max          int not null default 0 check (uses_max >= 0),
    customer_uses_max int not null default 0 check (customer_uses_max >= 0),
    good_from         timestamptz,
    good_until        timestamptz,
    price_types       text[] not null default '{}',
    events            text[] not null default '{}', -- keys of the season file; none: all of them
    used              int not null default 0 check (used >= 0),
    unique (venue_id, code),
    check ((amount > 0) <> (rate > 0)),
    check (uses_max = 0 or used <= uses_max)
);
alter table sale_order add column promotion_id uuid references promotion;

create table promotion_use (
    order_id     uuid primary key references sale_order,
    promotion_id uuid not null references promotion,
    customer     text not null,              -- e-mail, or who ordered
    used_at      timestamptz not null
);
create index promotion_use_by_customer on promotion_use (promotion_id, customer);

-- A supervisor signs at a clerk's desk; the token is known to that desk alone.
create table price_approval (
    token_sha256 bytea primary key,
    approved_by  uuid not null references app_user,
    asked_by     text not null,
    expires_at   timestamptz not null
);
create index price_approval_by_age on price_approval (expires_at);

create table price_override (
    order_id    uuid not null,
    line_no     int  not null,
    kind        text not null check (kind in ('comp', 'price')),
    listed      bigint not null,
    price       bigint not null check (price >= 0 and (kind = 'price' or price = 0)),
    reason      text not null check (reason <> ''),
    given_by    text not null,
    approved_by uuid not null references app_user,
    at          timestamptz not null,
    primary key (order_id, line_no),
    foreign key (order_id, line_no) references order_line
);
create index price_override_newest on price_override (at desc);
create trigger price_override_append_only before update or delete or truncate on price_override
    for each statement execute function refuse_change();
