"""Text tables: cells become columns, whatever tool wrote them."""
