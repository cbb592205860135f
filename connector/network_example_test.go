package connector_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
)

// A network whose proxy reads TLS signs with a certificate authority of its own.
// Trust it besides the system's, not in place of them, and for this transport alone.
func ExampleNewTransport_corporateCA() {
	certificates, address, stop := companyNetwork()
	defer stop()

	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	file, err := os.ReadFile(certificates) // such as /etc/company/ca.pem
	if err != nil || !roots.AppendCertsFromPEM(file) {
		fmt.Println("the file holds no certificate:", err)
		return
	}
	transport := connector.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	defer transport.CloseIdleConnections() // a client leaves a transport that it was given open

	client, err := securityscorecard.New(auth.Static("token"), &securityscorecard.Options{
		Options: connector.Options{BaseURL: address, Transport: transport},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	portfolios, err := client.Portfolios.List(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(portfolios.Items[0].Name)
	// Output: Suppliers
}

// companyNetwork starts a server whose certificate no system knows, and writes
// the authority's into a file.
func companyNetwork() (certificates, address string, stop func()) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"entries":[{"id":"p1","name":"Suppliers"}],"total":1}`)
	}))
	folder, err := os.MkdirTemp("", "network")
	if err != nil {
		panic(err)
	}
	certificates = filepath.Join(folder, "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(certificates, block, 0o600); err != nil {
		panic(err)
	}
	return certificates, server.URL, func() {
		server.Close()
		os.RemoveAll(folder)
	}
}
