"""Files on disk: kept by digest, recognised, read and pictured. No web and no database in here."""
