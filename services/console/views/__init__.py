"""What people see: templates, static files, and the printed order."""
