"""What people see: timelines in words, registers as JSON, CSV and XLSX."""
