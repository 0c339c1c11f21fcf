-- House seats (design section 4): codes that keep seats off general sale, and who moved which seats when and why.
create table house_code (
    performance_id uuid not null references performance,
    code_no        int  not null check (code_no > 0),
    code           text not null check (code = upper(code) and code <> ''),
    name           text not null,
    kind           text not null check (kind in ('house', 'allocation')),
    color          text not null,
    access_sha256  bytea,                    -- what opens an allocation is known to those alone who were given it
    created_at     timestamptz not null default now(),
    primary key (performance_id, code_no),
    unique (performance_id, code),
    check (access_sha256 is null or kind = 'allocation')
);
create unique index house_code_by_access on house_code (performance_id, access_sha256) where access_sha256 is not null;

-- The code that a seat belongs to. It stays while the seat is held, sold or killed, so that it goes back there. No
-- command on a hold writes it, so their updates stay in their page.
alter table seat_inventory
    add column house_no int,
    add foreign key (performance_id, house_no) references house_code,
    add check (state <> 'house' or house_no is not null),
    add check (state <> 'available' or house_no is null);
create index seat_inventory_by_house on seat_inventory (performance_id, house_no) where house_no is not null;

create table house_change (
    id             bigint generated always as identity primary key,
    performance_id uuid not null references performance,
    move           text not null check (move in ('set_aside', 'release', 'kill', 'restore')),
    code_no        int,                      -- of set_aside
    seats          int[] not null,
    reason         text not null,
    principal      text not null,            -- 'user:<id>'
    created_at     timestamptz not null default now(),
    foreign key (performance_id, code_no) references house_code
);
create index house_change_newest on house_change (performance_id, id desc);
create trigger house_change_append_only before update or delete or truncate on house_change
    for each statement execute function refuse_change();
