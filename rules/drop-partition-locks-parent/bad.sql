DROP TABLE readings_2025;
