"""Against a real ERP and a real MES, with the user's project `examples/riverside`."""
