"""A WSDL with what is met in the field, all in one."""

__all__ = ["NS", "SCHEMA", "wsdl"]

NS = "urn:wild"

SCHEMA = """
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="urn:wild" targetNamespace="urn:wild"
           elementFormDefault="qualified">
  <xs:simpleType name="Codes"><xs:list itemType="xs:int"/></xs:simpleType>
  <xs:attributeGroup name="Stamp"><xs:attribute name="by" type="xs:string"/></xs:attributeGroup>
  <xs:group name="Place">
    <xs:sequence>
      <xs:element name="Plant" type="xs:string"/>
      <xs:element name="Store" type="xs:string" minOccurs="0"/>
    </xs:sequence>
  </xs:group>
  <xs:complexType name="Part" abstract="true">
    <xs:sequence><xs:element name="Name" type="xs:string"/></xs:sequence>
  </xs:complexType>
  <xs:complexType name="Screw">
    <xs:complexContent>
      <xs:extension base="Part">
        <xs:sequence><xs:element name="Length" type="xs:decimal"/></xs:sequence>
      </xs:extension>
    </xs:complexContent>
  </xs:complexType>
  <xs:element name="Comment" type="xs:string"/>
  <xs:complexType name="Body">
    <xs:sequence>
      <xs:element name="Id" type="xs:unsignedShort"/>
      <xs:choice>
        <xs:element name="Day" type="xs:date"/>
        <xs:element name="Moment" type="xs:dateTime"/>
      </xs:choice>
      <xs:group ref="Place"/>
      <xs:element name="Part" type="Screw" minOccurs="0" maxOccurs="3"/>
      <xs:element name="Codes" type="Codes" minOccurs="0"/>
      <xs:element name="Empty" type="xs:int" nillable="true"/>
      <xs:element name="Blob" type="xs:base64Binary" minOccurs="0"/>
      <xs:element name="For" type="xs:duration" minOccurs="0"/>
      <xs:element name="Ratio" type="xs:double" minOccurs="0"/>
      <xs:element name="Done" type="xs:boolean" default="false"/>
      <xs:element ref="Comment" minOccurs="0" maxOccurs="unbounded"/>
    </xs:sequence>
    <xs:attributeGroup ref="Stamp"/>
    <xs:attribute name="version" type="xs:int" use="required"/>
  </xs:complexType>
  <xs:element name="Ask" type="Body"/>
  <xs:element name="AskResponse" type="Body"/>
  <xs:element name="Bare" type="xs:string"/>
  <xs:element name="Login">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="User" type="xs:string"/>
        <xs:element name="Password" type="xs:string"/>
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""


def wsdl(schema: str = SCHEMA) -> str:
    """Two ports, SOAP 1.2 first; one operation that is spoken and some that are not."""
    messages = "".join(
        f'<w:message name="{name}"><w:part name="{part}" {what}/></w:message>'
        for name, part, what in (
            ("Ask", "body", 'element="t:Ask"'),
            ("AskResponse", "body", 'element="t:AskResponse"'),
            ("Bare", "body", 'element="t:Bare"'),
            ("Old", "value", 'type="xs:string"'),
        )
    )
    two = (
        '<w:message name="Two"><w:part name="a" element="t:Ask"/>'
        '<w:part name="b" element="t:Bare"/></w:message>'
        '<w:message name="Login"><w:part name="login" element="t:Login"/></w:message>'
    )
    named = (("Ask", "Ask", "AskResponse"), ("Bare", "Bare", "Bare"), ("Two", "Two", "Ask"))
    operations = "".join(
        f'<w:operation name="{name}"><w:input message="t:{ins}"/><w:output message="t:{outs}"/>'
        "</w:operation>"
        for name, ins, outs in (*named, ("Old", "Old", "Old"))
    )

    def binding(name: str, prefix: str) -> str:
        bound = "".join(
            f'<w:operation name="{one}"><{prefix}:operation soapAction="urn:{one}"/>'
            f'<w:input><{prefix}:header message="t:Login" part="login" use="literal"/>'
            f'<{prefix}:body use="literal"/></w:input>'
            f'<w:output><{prefix}:body use="literal"/></w:output></w:operation>'
            for one, _, _ in named
        )
        old = (
            f'<w:operation name="Old"><{prefix}:operation soapAction="" style="rpc"/><w:input>'
            f'<{prefix}:body use="encoded" namespace="urn:old"/></w:input><w:output>'
            f'<{prefix}:body use="encoded" namespace="urn:old"/></w:output></w:operation>'
        )
        over = "http://schemas.xmlsoap.org/soap/http"
        return (
            f'<w:binding name="{name}" type="t:Wild"><{prefix}:binding style="document"'
            f' transport="{over}"/>{bound}{old}</w:binding>'
        )

    ports = "".join(
        f'<w:port name="{name}" binding="t:{name}">'
        f'<{prefix}:address location="http://localhost/{name}"/></w:port>'
        for name, prefix in (("Twelve", "s12"), ("Eleven", "s11"))
    )
    return (
        '<w:definitions name="Wild" targetNamespace="urn:wild" xmlns:t="urn:wild"'
        ' xmlns:w="http://schemas.xmlsoap.org/wsdl/" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' xmlns:s11="http://schemas.xmlsoap.org/wsdl/soap/"'
        ' xmlns:s12="http://schemas.xmlsoap.org/wsdl/soap12/">'
        f"<w:types>{schema}</w:types>{messages}{two}"
        f'<w:portType name="Wild">{operations}</w:portType>'
        f"{binding('Twelve', 's12')}{binding('Eleven', 's11')}"
        f'<w:service name="Wild">{ports}</w:service></w:definitions>'
    )
