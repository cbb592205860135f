package scorotest_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/cordage-go/cordage/scoro/scorotest"
)

// Any HTTP client in any language can talk to the emulator.
func ExampleListen() {
	server, err := scorotest.Listen("127.0.0.1:0", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	body := fmt.Sprintf(`{"user_token": %q, "company_account_id": %q, "filter": {"status": "completed"}, "per_page": 100}`,
		server.UserToken, server.CompanyAccount)
	response, err := http.Post(server.URL+"/projects/list", "application/json", strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(response.Status, strings.Count(string(answer), `"completed"`), "completed projects")
	// Output: 200 OK 30 completed projects
}

// A fault makes the next requests fail, so that a program's answer to it can
// be tested.
func ExampleServer_Inject() {
	server, err := scorotest.Listen("127.0.0.1:0", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()

	server.Inject(scorotest.Fault{On: "/projects/list", Times: 2, Status: http.StatusServiceUnavailable, Body: "try later"})
	for range 3 {
		response, err := http.Post(server.URL+"/projects/list", "application/json", strings.NewReader("{}"))
		if err != nil {
			log.Fatal(err)
		}
		response.Body.Close()
		fmt.Println(response.Status)
	}
	// Output:
	// 503 Service Unavailable
	// 503 Service Unavailable
	// 401 Unauthorized
}
