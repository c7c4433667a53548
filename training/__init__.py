"""From tables to a bundle: rows, LightGBM, MLflow."""
