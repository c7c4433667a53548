// Draws the description of the API; it asks this server alone.

SwaggerUIBundle({ url: "/docs.json", dom_id: "#ui", validatorUrl: null });
