package securityscorecard

import (
	"context"
	"io"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
)

var downloadReport = connector.Operation{ID: "DownloadReport", Method: "GET", Class: connector.Read, Download: true}

// DownloadReport writes the file of a report to w: PDF, CSV or JSON. Read the
// report with [Reports.List]: one that is still being made, or has failed, has
// no DownloadURL and is an error of kind [connector.NotReady] or
// [connector.Invalid]. The platform translates some reports: choose a language
// with connector.Param("lng", "de-DE").
//
// GET /reports/files/{file_path}: a read, safe to repeat. The address is
// followed as the platform gives it. One that is not the platform's own gets
// no token: it is an error of kind [connector.Origin].
func (c *Client) DownloadReport(ctx context.Context, r *Report, w io.Writer, opts ...connector.CallOption) error {
	if err := checkReport(r); err != nil {
		return err
	}
	op, err := c.rest.Follow(downloadReport, r.DownloadURL)
	if err != nil {
		return err
	}
	return rest.Download(ctx, c, op, nil, w, opts)
}

func checkReport(r *Report) error {
	e := &connector.Error{Platform: name, Operation: downloadReport.ID, Kind: connector.Invalid}
	switch {
	case r == nil:
		e.Message = "the report is nil; give one that Reports.List returned"
	case r.DownloadURL != "":
		return nil
	case r.CompletedAt.IsZero():
		e.Kind, e.Message = connector.NotReady, "the report is not finished, or was not read from Reports.List"
	default:
		e.Message = "the platform failed to make the report; create it again"
	}
	return e
}
