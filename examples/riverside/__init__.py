"""A plant of one ERP and one MES."""
