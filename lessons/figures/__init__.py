"""Charts and tables that lessons show: functions of data, one module a page."""
