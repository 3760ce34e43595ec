// Google's in-memory Pub/Sub server, for tests.
//
//	pubsub-server GRPC-PORT HTTP-PORT
//
// The HTTP port answers as soon as the other one serves.
package main

import (
	"log"
	"net/http"
	"os"

	"cloud.google.com/go/pubsub/v2/pstest"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: pubsub-server GRPC-PORT HTTP-PORT")
	}
	server := pstest.NewServerWithAddress("127.0.0.1:" + os.Args[1])
	defer server.Close()
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2], http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
}
