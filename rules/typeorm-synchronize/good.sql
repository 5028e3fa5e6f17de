-- Beside src/data-source.ts: import { DataSource } from 'typeorm'; new DataSource({ type: 'postgres', synchronize: false });
ALTER TABLE orders ADD COLUMN channel text;
