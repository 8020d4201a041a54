"""MQTT 3.1.1 and 5: machines, unified namespaces, whoever publishes to a broker."""

__all__ = ["Mqtt", "MqttConnectionSettings", "Topic"]

from andon.connectors.mqtt.connector import Mqtt, MqttConnectionSettings, Topic
