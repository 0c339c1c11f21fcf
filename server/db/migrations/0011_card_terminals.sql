-- Cards are taken at terminals of the box office, too.
alter table payment_attempt drop constraint payment_attempt_method_check;
alter table payment_attempt add constraint payment_attempt_method_check check (method in ('cash', 'card', 'terminal'));
