package securityscorecardtest

import (
	"hash/fnv"
	"net/http"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A factor is one of the ten parts of a score, with its issue types. The keys
// are the platform's; which factor an issue type belongs to is made up where
// its name does not tell.
type factor struct {
	key, name string
	types     string // keys; a minus sign marks those that only the past has
}

func factors() []factor {
	return []factor{
		{"application_security", "Application Security", `
			browser_logs_contain_debug_message cookie_missing_http_only cookie_missing_secure_attribute csp_no_policy_v2 csp_too_broad_v2
			csp_unsafe_policy_v2 domain_missing_https_v2 fail_to_load_page_components hosted_on_object_storage_v2 hsts_incorrect_v2
			insecure_https_redirect_pattern_v2 links_to_insecure_website local_file_path_exposed_via_url_scheme
			redirect_chain_contains_http_v2 redirect_to_insecure_website references_object_storage_v2
			sensitive_data_exposure_through_insecure_channel server_error site_emits_browser_log site_requests_data_over_insecure_channel
			unsafe_sri_v2 waf_detected_v2 website_copyright_expired website_copyright_up_to_date websocket_receives_data
			websocket_requests_contain_sensitive_fields websocket_sends_data x_content_type_options_incorrect_v2 x_frame_options_incorrect_v2
			x_xss_protection_incorrect_v2
		`},
		{"cubit_score", "Cubit Score", `
			alleged_breach_incident -alleged_first_party_breach -alleged_third_party_breach -confirmed_first_party_breach
			-confirmed_third_party_breach cve_in_use_by_threat_actor data_leak_detected exposed_cisco_web_ui exposed_embedded_iot_web_server
			exposed_mac_airport_device exposed_network_attached_storage_device exposed_printer malicious_tor_exit_node_detected
			malicious_tor_relay_router_node_detected ransomware_victim -synth_high_risk_appsec_vulnerabilities -synth_possible_initial_access
			targeted_by_threat_actor_group threat_actor_hosting_infrastructure tor_server
		`},
		{"dns_health", "DNS Health", `
			-dkim_insufficient_key_length -dkim_record_detected -dkim_weak_signature dmarc_contains_none dmarc_record_missing
			mail_server_unusual_port spf_record_malformed spf_record_missing spf_record_softfail spf_record_wildcard
			subdomain_dmarc_contains_none uses_go_daddy_infrastructure uses_go_daddy_managed_wordpress
		`},
		{"endpoint_security", "Endpoint Security", `
			adware_installation adware_installation_trail compromised_by_information_stealer outdated_browser outdated_os pva_installation
			pva_installation_trail spa_browser
		`},
		{"hacker_chatter", "Hacker Chatter", `
			attempted_information_leak contact_information_detected sql_payload_using_tor_proxy_detected xss_payload_using_tor_proxy_detected
		`},
		{"ip_reputation", "IP Reputation", `
			active_cve_exploitation_attempted attack_detected cobalt_strike_c2_detected cobalt_strike_c2_service
			communication_server_with_expired_cert communication_with_server_certificate_issued_by_blacklisted_country
			dos_attack_attempt_detected exploit_attempt_detected general_scan_detected infected_by_targeted_attack
			ip_black_list_due_malicious_activity known_compromised_or_hostile_host malicious_botnet_c_and_c_server_detected
			malicious_scan_detected malicious_user_agent_detected malware_detected malware_infection malware_infection_trail
			mirai_botnet_traffic_detected ransomware_association ransomware_infection ransomware_infection_trail tor_traffic_detected uce
		`},
		{"leaked_information", "Information Leak", `
			compromised_credentials_found exposed_personal_information_info historical_compromised_credentials_found leaked_credentials_info
		`},
		{"network_security", "Network Security", `
			-bitcoin_server cdn_hosting industrial_control_device insecure_ftp insecure_server_certificate_key_size insecure_telnet iot_camera
			-java_debugger minecraft_server mysql_server_empty_password open_port payment_provider remote_access service_cassandra
			service_cloud_provider service_couchdb service_dns service_elasticsearch service_ftp service_http_proxy service_imap service_ldap
			service_ldap_anonymous service_microsoft_sql service_mongodb service_mysql -service_netbus_remote_access service_networking
			service_open_vpn service_oracle_db -service_oracle_registry service_pop3 service_postgresql service_pptp service_pulse_vpn
			service_rdp service_redis service_rsync service_smb service_soap service_socks_proxy service_telnet service_vnc ssh_weak_cipher
			ssh_weak_mac ssh_weak_protocol tls_ocsp_stapling tls_weak_cipher tls_weak_protocol tlscert_excessive_expiration tlscert_expired
			tlscert_no_revocation tlscert_revoked tlscert_self_signed tlscert_weak_signature upnp_accessible
		`},
		{"patching_cadence", "Patching Cadence", `
			exploited_product microsoft_exchange_0_day_vulnerability microsoft_exchange_http_api_vulnerability openssl_critical_vulnerability
			patching_analysis_high patching_analysis_low patching_analysis_medium patching_cadence_high patching_cadence_low
			patching_cadence_medium patching_cadence_v3_critical patching_cadence_v3_high patching_cadence_v3_low patching_cadence_v3_medium
			potentially_vulnerable potentially_vulnerable_cisco_rv_320_325 potentially_vulnerable_cve_2023_33246
			potentially_vulnerable_cve_2023_34362 potentially_vulnerable_cve_2023_3519 potentially_vulnerable_cve_2023_37582
			potentially_vulnerable_cve_2023_37979 potentially_vulnerable_cve_2023_38035 potentially_vulnerable_cve_2023_46747
			potentially_vulnerable_cve_2024_21887 potentially_vulnerable_cve_2024_46805 product_exploited_by_ransomware_actors
			product_uses_vulnerable_log4j service_end_of_life service_end_of_service service_vuln_host_high service_vuln_host_low
			service_vuln_host_medium service_vuln_host_v3_critical service_vuln_host_v3_high service_vuln_host_v3_low
			service_vuln_host_v3_medium web_vuln_host_high web_vuln_host_low web_vuln_host_medium web_vuln_host_v3_critical
			web_vuln_host_v3_high web_vuln_host_v3_low web_vuln_host_v3_medium webapp_vulnerable_to_spring4shell
		`},
		{"social_engineering", "Social Engineering", `
			telephony typosquat
		`},
	}
}

// An issueType is a kind of finding.
type issueType struct {
	key, severity, factor string
	retired               bool // only the past has it
}

func issueTypes() []issueType {
	var all []issueType
	for _, f := range factors() {
		for key := range strings.FieldsSeq(f.types) {
			key, retired := strings.CutPrefix(key, "-")
			all = append(all, issueType{key: key, severity: severityOf(key), factor: f.key, retired: retired})
		}
	}
	slices.SortFunc(all, func(a, b issueType) int { return strings.Compare(a.key, b.key) })
	return all
}

// severityOf is the one in the key, or a made-up one that is always the same.
func severityOf(key string) string {
	switch key {
	case "waf_detected_v2", "dkim_record_detected", "website_copyright_up_to_date":
		return "positive"
	}
	for _, severity := range []string{"critical", "high", "medium", "low", "info"} {
		if strings.HasSuffix(key, "_"+severity) {
			return severity
		}
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(key)) // a hash takes every write
	return []string{"info", "low", "medium", "high"}[sum.Sum32()%4]
}

// title makes words of a key: "Open Port".
func title(key string) string {
	words := strings.Split(key, "_")
	for i, word := range words {
		if word != "" {
			words[i] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, " ")
}

// issueType finds a type by its key, among the present ones or all.
func (p *platform) issueType(key string, alsoRetired bool) (issueType, error) {
	at, found := slices.BinarySearchFunc(p.issueTypes, key, func(t issueType, key string) int { return strings.Compare(t.key, key) })
	if !found || p.issueTypes[at].retired && !alsoRetired {
		return issueType{}, refuse(http.StatusNotFound, "there is no issue type %q", key)
	}
	return p.issueTypes[at], nil
}

func (p *platform) listFactorMetadata(*emulate.Call) (emulate.Answer, error) {
	var entries []record
	for _, f := range factors() {
		entries = append(entries, record{"key": f.key, "name": f.name, "description": "What the emulator says about " + f.name + "."})
	}
	return ok(record{"entries": entries})
}

func (p *platform) listIssueTypes(*emulate.Call) (emulate.Answer, error) {
	var entries []record
	for _, t := range p.issueTypes {
		if !t.retired {
			entries = append(entries, t.metadata())
		}
	}
	return ok(record{"entries": entries})
}

func (p *platform) readIssueType(c *emulate.Call) (emulate.Answer, error) {
	t, err := p.issueType(c.Values["type"], true)
	if err != nil {
		return emulate.Answer{}, err
	}
	r := t.metadata()
	r["short_description"] = title(t.key) + " was found."
	r["long_description"] = "The emulator found " + title(t.key) + " on a host of the company."
	r["recommendation"] = "Nothing is to be done: the company is made up."
	return ok(r)
}

func (t issueType) metadata() record {
	return record{"key": t.key, "severity": t.severity, "factor": t.factor, "title": title(t.key)}
}
