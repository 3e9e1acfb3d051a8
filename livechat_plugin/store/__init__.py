"""Everything kept in SQL: `services.unit_of_work` and `services.repositories` on SQLite and PostgreSQL."""
