package faulttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"testing"
	"time"
)

// Certificates are those of one test, signed by an authority that was made for it.
type Certificates struct {
	Roots     *x509.CertPool  // trusts the authority
	Good      tls.Certificate // for 127.0.0.1
	Expired   tls.Certificate // for 127.0.0.1, ended an hour ago
	WrongName tls.Certificate // for another host
}

// NewCertificates makes fresh ones. To a client without Roots each is unknown.
func NewCertificates(t testing.TB) Certificates {
	t.Helper()
	a := newAuthority(t)
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)
	home := []net.IP{net.IPv4(127, 0, 0, 1)}
	return Certificates{
		Roots:     roots,
		Good:      a.sign(t, &x509.Certificate{IPAddresses: home}, time.Hour),
		Expired:   a.sign(t, &x509.Certificate{IPAddresses: home}, -time.Hour),
		WrongName: a.sign(t, &x509.Certificate{DNSNames: []string{"other.example"}}, time.Hour),
	}
}

type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func newAuthority(t testing.TB) authority {
	t.Helper()
	a := authority{key: newKey(t)}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a test's authority"},
		NotBefore: time.Now().Add(-24 * time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.certificate, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return a
}

// sign makes a certificate that ends after a time, or ended before now.
func (a authority) sign(t testing.TB, template *x509.Certificate, ends time.Duration) tls.Certificate {
	t.Helper()
	key := newKey(t)
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-12*time.Hour), time.Now().Add(ends)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
