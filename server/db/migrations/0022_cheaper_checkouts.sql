-- What a checkout costs PostgreSQL (docs/adr/0009). Each of these was looked up, or kept in order, for every place that is sold, and
-- says nothing that is not said already.
-- A line is of an order, whose performance is checked; and no performance is ever deleted (0019_cheaper_holds.sql).
alter table order_line drop constraint order_line_performance_id_fkey;
-- A change takes its number from the performance's row of map_clock, which is a performance's.
alter table map_change drop constraint map_change_performance_id_fkey;
-- A code is signed over the ticket's own id, which is the primary key; nobody looks for the text.
alter table ticket drop constraint ticket_code_key;
