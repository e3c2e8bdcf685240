package rest

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// healthz says that the process lives, whatever the engine does: a restart
// would not help against a full disk.
func (h *handler) healthz(c *gin.Context) { probe(c, http.StatusOK, "alive\n") }

// readyz says whether requests can be served now.
func (h *handler) readyz(c *gin.Context) {
	if h.ready != nil && h.ready(c.Request.Context()) != nil {
		probe(c, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	probe(c, http.StatusOK, "ready\n")
}

func probe(c *gin.Context, status int, text string) {
	c.Header("Cache-Control", "no-store")
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		c.Header("Allow", "GET, HEAD")
		c.Status(http.StatusMethodNotAllowed)
		return
	}
	c.String(status, text)
}
