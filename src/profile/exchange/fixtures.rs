//! Files in the form in which MQTT Explorer and MQTTX write them.

/// `settings.json` of MQTT Explorer 0.4: one object by identifier, what is undefined left out.
pub(super) const MQTT_EXPLORER: &str = r##"{
        "ConnectionManager_connections": {
            "b7": {
                "configVersion": 1, "certValidation": false, "clientId": "plant-3", "id": "b7",
                "name": "Plant", "encryption": true, "password": "hunter2", "username": "ann",
                "subscriptions": [{"topic": "plant/#", "qos": 1}], "type": "mqtt", "host": "plant.example",
                "port": 443, "protocol": "ws", "basePath": "mqtt/ws", "order": 1700000000000,
                "selfSignedCertificate": {"data": "LS0tLS1CRUdJTg==", "name": "ca.crt"},
                "clientCertificate": {"data": "Y2VydA==", "name": "me.crt"},
                "clientKey": {"data": "a2V5", "name": "me.key"},
                "shiny": 1
            },
            "mqtt.eclipseprojects.io": {
                "configVersion": 1, "certValidation": true, "clientId": "mqtt-explorer-0a1b2c3d",
                "id": "mqtt.eclipseprojects.io", "name": "mqtt.eclipseprojects.io", "encryption": false,
                "subscriptions": ["#", "$SYS/#"], "type": "mqtt", "host": "mqtt.eclipseprojects.io",
                "port": 1883, "protocol": "mqtt", "order": 0
            },
            "old": {"type": "amqp"}
        },
        "Settings": {"theme": "dark"}
    }"##;

/// An export of MQTTX 1.9 with collections.
pub(super) const MQTTX: &str = r##"[
        {"id": "f1", "name": "Work", "isCollection": true, "orderId": 0, "parentId": null},
        {"id": "f2", "name": "Plant/3", "isCollection": true, "orderId": 0, "parentId": "f1"},
        {
            "id": "c1", "clientId": "mqttx_1a2b", "name": "Plant", "clean": false, "protocol": "mqtts",
            "host": "plant.example", "port": 8884, "keepalive": 30, "connectTimeout": 5, "reconnect": true,
            "username": "ann", "password": "hunter2", "path": "/mqtt", "certType": "self", "ssl": true,
            "mqttVersion": "5.0", "unreadMessageCount": 3, "clientIdWithTime": false, "parentId": "f2",
            "rejectUnauthorized": true, "ALPNProtocols": "mqtt, x-amzn-mqtt-ca",
            "ca": "/certs/ca.pem", "cert": "/certs/me.pem", "key": "/certs/me.key", "isCollection": false,
            "will": {
                "id": "w", "lastWillTopic": "status", "lastWillPayload": "gone", "lastWillQos": 1,
                "lastWillRetain": true,
                "properties": {
                    "willDelayInterval": 5, "payloadFormatIndicator": true, "messageExpiryInterval": 60,
                    "contentType": "text/plain", "responseTopic": null,
                    "correlationData": {"type": "Buffer", "data": [1, 2]},
                    "userProperties": {"a": ["1", "2"], "b": "3"}
                }
            },
            "messages": [{"createAt": "2024-01-01", "out": true, "payload": "x", "qos": 0, "topic": "t"}],
            "subscriptions": [
                {"id": "s", "topic": "plant/#", "qos": 2, "alias": "p", "color": "#34C388", "nl": true,
                 "rap": true, "rh": 2, "subscriptionIdentifier": 7, "disabled": false},
                {"id": "t", "topic": "off/#", "qos": 0, "disabled": true}
            ],
            "createAt": "2024-01-01 00:00:00", "updateAt": "2024-01-01 00:00:00",
            "properties": {
                "sessionExpiryInterval": 600, "receiveMaximum": 20, "maximumPacketSize": 1000,
                "topicAliasMaximum": 5, "requestResponseInformation": true, "requestProblemInformation": false,
                "userProperties": {"tenant": "7"}, "authenticationMethod": "scram-sha-256"
            }
        }
    ]"##;
