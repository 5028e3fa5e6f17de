-- evenkeel-ignore detach-partition-blocking: there is a default partition; run with lock_timeout and retries
ALTER TABLE visits DETACH PARTITION visits_2025;
