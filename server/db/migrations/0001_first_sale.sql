-- The tables of the first sale. Lock order of every writer, so that no two can wait for each other:
--   command_log row, buyer's advisory lock, hold row, sale_order row, payment_attempt row,
--   seat_inventory rows by seat_no, area_inventory rows by area_no, area_hold rows, map_clock row.

create table venue (
    id          uuid primary key,
    name        text not null unique,
    address     text not null default '',
    time_zone   text not null,
    currency    char(3) not null,
    created_at  timestamptz not null default now()
);

-- A layout version never changes once it is stored; a published performance keeps its own.
create table layout (
    id          uuid primary key,
    venue_id    uuid not null references venue,
    name        text not null,
    version     int  not null check (version > 0),
    document    jsonb not null,
    sha256      bytea not null,
    seat_count  int  not null,
    created_at  timestamptz not null default now(),
    unique (venue_id, name, version)
);

create table event (
    id          uuid primary key,
    venue_id    uuid not null references venue,
    key         text not null,               -- what a season file calls it
    title       text not null,
    subtitle    text not null default '',
    description text not null default '',
    unique (venue_id, key)
);

create table performance (
    id             uuid primary key,
    event_id       uuid not null references event,
    layout_id      uuid not null references layout,
    starts_at      timestamptz not null,
    doors_at       timestamptz not null,
    state          text not null check (state in ('draft', 'on_sale', 'paused', 'cancelled')),
    purchase_limit int not null default 0 check (purchase_limit >= 0),
    hold_seconds   int not null check (hold_seconds between 1 and 1800),
    version        bigint not null default 1, -- raised by every change of what the catalogue shows; the ETag
    unique (event_id, starts_at)
);
create index performance_by_start on performance (starts_at, id);

create table price_zone (
    id             uuid primary key,
    performance_id uuid not null references performance,
    category       text not null,
    name           text not null,
    color          text not null,
    rank           int not null,
    unique (performance_id, category)
);

create table price_type (
    id             uuid primary key,
    performance_id uuid not null references performance,
    name           text not null,
    is_public      boolean not null,
    rank           int not null,
    unique (performance_id, name)
);

create table price (
    zone_id uuid not null references price_zone,
    type_id uuid not null references price_type,
    amount  bigint not null check (amount >= 0),
    primary key (zone_id, type_id)
);

-- The only arbiter of a seat (design D1). Room is left in each page so that an update stays in it.
create table seat_inventory (
    performance_id uuid not null references performance,
    seat_no        int  not null,
    state          text not null default 'available'
                   check (state in ('available', 'held', 'payment_pending', 'sold', 'house', 'killed')),
    hold_id        uuid,
    held_until     timestamptz,
    order_id       uuid,
    primary key (performance_id, seat_no),
    check ((state in ('held', 'payment_pending')) = (hold_id is not null)),
    check ((hold_id is null) = (held_until is null)),
    check ((state = 'sold') = (order_id is not null))
) with (fillfactor = 70);

-- Standing areas: one row a pool, and PostgreSQL itself refuses one place too many.
create table area_inventory (
    performance_id uuid not null references performance,
    area_no        int  not null,
    capacity       int  not null check (capacity >= 0),
    held           int  not null default 0 check (held >= 0),
    sold           int  not null default 0 check (sold >= 0),
    primary key (performance_id, area_no),
    check (held + sold <= capacity)
) with (fillfactor = 50);

create table hold (
    id             uuid primary key,
    performance_id uuid not null references performance,
    owner          text not null,            -- 'user:<id>' or 'buyer:<session id>'
    channel        text not null check (channel in ('desk', 'web', 'api')),
    state          text not null check (state in ('live', 'frozen', 'converted', 'released', 'expired')),
    seats          int[] not null default '{}', -- seat numbers, ascending; what was held when it ended
    held_until     timestamptz not null,
    created_at     timestamptz not null
);
create index hold_live_by_end on hold (held_until) where state = 'live';
create index hold_by_owner on hold (owner, performance_id) where state in ('live', 'frozen');

-- How much of a pool a hold has. Any change is made under the lock of the pool's row.
create table area_hold (
    hold_id        uuid not null references hold,
    performance_id uuid not null,
    area_no        int  not null,
    quantity       int  not null check (quantity > 0),
    held_until     timestamptz not null,
    frozen         boolean not null default false,
    primary key (hold_id, area_no),
    foreign key (performance_id, area_no) references area_inventory
);
create index area_hold_by_end on area_hold (performance_id, area_no, held_until);

create sequence sale_order_number;

create table sale_order (
    id             uuid primary key,
    number         text not null unique default 'P-' || lpad(nextval('sale_order_number')::text, 6, '0'),
    performance_id uuid not null references performance,
    hold_id        uuid not null references hold,
    owner          text not null,
    channel        text not null check (channel in ('desk', 'web', 'api')),
    state          text not null check (state in ('open', 'payment_pending', 'confirmed', 'expired')),
    currency       char(3) not null,
    total          bigint not null check (total >= 0),
    buyer_name     text not null default '',
    buyer_email    text not null default '',
    created_at     timestamptz not null,
    confirmed_at   timestamptz,
    check ((state = 'confirmed') = (confirmed_at is not null))
);
create index sale_order_by_hold on sale_order (hold_id);
create index sale_order_newest on sale_order (created_at desc, id);
create index sale_order_by_owner on sale_order (owner, performance_id) where state = 'confirmed';

create table order_line (
    order_id        uuid not null references sale_order,
    line_no         int  not null,
    performance_id  uuid not null references performance,
    place           text not null,
    is_area         boolean not null,
    place_no        int  not null,
    place_name      text not null,
    zone_name       text not null,
    price_type_id   uuid not null references price_type,
    price_type_name text not null,
    amount          bigint not null check (amount >= 0),
    note            text not null default '',
    primary key (order_id, line_no)
);

-- The backstop of promise 1: whatever the code does, one seat is sold once.
create table sold_place (
    performance_id uuid not null,
    seat_no        int  not null,
    order_id       uuid not null references sale_order,
    line_no        int  not null,
    primary key (performance_id, seat_no),
    foreign key (performance_id, seat_no) references seat_inventory,
    foreign key (order_id, line_no) references order_line
);

create table payment_attempt (
    id           uuid primary key,
    order_id     uuid not null references sale_order,
    method       text not null check (method in ('cash', 'card')),
    state        text not null check (state in ('created', 'authorising', 'authorised', 'captured', 'declined',
                                                'cancelled', 'in_doubt')),
    currency     char(3) not null,
    amount       bigint not null check (amount >= 0),
    tendered     bigint not null default 0,
    change_given bigint not null default 0,
    card_token   text not null default '',
    provider_ref text not null default '',
    failure      text not null default '',
    deadline     timestamptz not null,       -- past it the provider is asked (design D4)
    created_at   timestamptz not null,
    updated_at   timestamptz not null
);
create index payment_attempt_by_order on payment_attempt (order_id, created_at desc);
create unique index payment_attempt_one_captured on payment_attempt (order_id) where state = 'captured';
create unique index payment_attempt_one_running on payment_attempt (order_id)
    where state in ('created', 'authorising', 'authorised', 'in_doubt');
create index payment_attempt_unsettled on payment_attempt (deadline)
    where state in ('created', 'authorising', 'authorised', 'in_doubt');

-- Double entry: the entries of one transfer sum to zero, and none is ever changed (design D11).
create table ledger_entry (
    id          bigint generated always as identity primary key,
    transfer_id uuid not null,
    order_id    uuid not null references sale_order,
    payment_id  uuid not null references payment_attempt,
    account     text not null check (account in ('cash_drawer', 'card_clearing', 'ticket_sales')),
    amount      bigint not null,             -- plus is debit, minus is credit
    currency    char(3) not null,
    created_at  timestamptz not null default now()
);
create index ledger_entry_by_transfer on ledger_entry (transfer_id);
create index ledger_entry_by_order on ledger_entry (order_id);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger ledger_entry_append_only before update or delete or truncate on ledger_entry
    for each statement execute function refuse_change();

create function check_transfer_balance() returns trigger language plpgsql as $$
begin
    if exists (select 1 from ledger_entry where transfer_id = new.transfer_id group by currency having sum(amount) <> 0) then
        raise exception 'transfer % does not sum to zero', new.transfer_id using errcode = 'check_violation';
    end if;
    return null;
end $$;
create constraint trigger ledger_entry_balances after insert on ledger_entry
    deferrable initially deferred for each row execute function check_transfer_balance();

create table ticket_key (
    kid        int primary key,
    seed       bytea not null,
    public_key bytea not null,
    created_at timestamptz not null default now()
);

create table ticket (
    id        uuid primary key,
    order_id  uuid not null,
    line_no   int not null,
    state     text not null check (state in ('valid', 'void')),
    code      text not null unique,          -- the signed text in the QR code
    human_code text not null unique,         -- what a steward types when the code cannot be read
    issued_at timestamptz not null,
    foreign key (order_id, line_no) references order_line
);
create unique index ticket_one_valid on ticket (order_id, line_no) where state = 'valid';

-- Facts that have to reach others, written with what they tell (design D9).
create table outbox (
    id           bigint generated always as identity primary key,
    topic        text not null,
    key          uuid not null,              -- order id: facts of one key are delivered in order
    payload      jsonb not null,
    created_at   timestamptz not null default now(),
    delivered_at timestamptz
);
create index outbox_waiting on outbox (id) where delivered_at is null;

-- The number of a performance's map, and what each number changed (design D6).
create table map_clock (
    performance_id uuid primary key references performance,
    seq            bigint not null default 0
) with (fillfactor = 50);

create table map_change (
    performance_id uuid not null references performance,
    seq            bigint not null,
    seats          jsonb not null,           -- {"h": [4, 5]}: as in MapDelta
    areas          jsonb not null,           -- [[area_no, capacity, held, sold], ...]
    created_at     timestamptz not null default now(),
    primary key (performance_id, seq)
);
create index map_change_by_age on map_change (created_at);

-- The first outcome of every command, so that a repeat is answered with it (design D5).
create table command_log (
    principal   text not null,               -- who sent it: 'user:<id>' or 'buyer:<session id>'
    key         text not null,               -- Idempotency-Key or command id
    fingerprint bytea not null,              -- SHA-256 of what was asked
    outcome     jsonb,                       -- null while it is being carried out
    created_at  timestamptz not null default now(),
    primary key (principal, key)
);
create index command_log_by_age on command_log (created_at);

create table app_user (
    id                   uuid primary key,
    name                 text not null unique check (name = lower(name)),
    display_name         text not null,
    role                 text not null check (role in ('clerk', 'supervisor', 'manager', 'admin')),
    password_hash        text not null,
    must_change_password boolean not null,
    disabled             boolean not null default false,
    failed_sign_ins      int not null default 0,
    locked_until         timestamptz,
    created_at           timestamptz not null default now()
);

create table session (
    id           uuid primary key,
    token_sha256 bytea not null unique,      -- the token itself is known to its owner alone
    user_id      uuid references app_user,   -- null for an anonymous buyer
    created_at   timestamptz not null,
    seen_at      timestamptz not null,
    expires_at   timestamptz not null,
    ended_at     timestamptz
);
create index session_by_user on session (user_id) where ended_at is null;
