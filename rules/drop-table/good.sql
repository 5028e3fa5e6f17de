-- evenkeel-ignore drop-table, old-code-breaks: no code of release 41 and later uses it, a copy lies in the archive
DROP TABLE contacts;
