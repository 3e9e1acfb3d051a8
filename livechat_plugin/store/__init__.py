"""Everything kept in SQL: the ports of `services.unit_of_work` on SQLite and PostgreSQL."""
