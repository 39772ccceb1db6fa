package import RhythmAPI

/// Who answers: shown by `GetInfo`.
package struct VarlinkServiceInfo: Hashable, Sendable {
    package var vendor: String
    package var product: String
    package var version: String
    package var url: String

    package init(vendor: String, product: String, version: String, url: String) {
        self.vendor = vendor
        self.product = product
        self.version = version
        self.url = url
    }
}

/// The interfaces by name, `org.varlink.service` among them, and the way from a call to its method.
struct VarlinkService: Sendable {
    private let interfaces: [String: VarlinkInterface]

    init(info: VarlinkServiceInfo, interfaces own: [VarlinkInterface]) {
        let service = VarlinkInterfaceText.service
        var texts = [service.name: service.text]
        for interface in own { texts[interface.name] = interface.text.text }
        let reply = GetInfoReply(info: info, interfaces: texts.keys.sorted())
        let methods: [String: VarlinkMethod] = [
            "GetInfo": .typed { (_: VarlinkNothing, _) in reply },
            "GetInterfaceDescription": .typed { [texts] (request: DescriptionRequest, _) in
                guard let text = texts[request.interface] else {
                    throw VarlinkError.interfaceNotFound(request.interface)
                }
                return DescriptionReply(description: text)
            },
        ]
        let all = own + [VarlinkInterface(description: service.text, methods: methods)]
        interfaces = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    }

    func method(_ name: String) throws(VarlinkError) -> VarlinkMethod {
        guard let dot = name.lastIndex(of: ".") else { throw .interfaceNotFound(name) }
        guard let interface = interfaces[String(name[..<dot])] else { throw .interfaceNotFound(String(name[..<dot])) }
        let short = String(name[name.index(after: dot)...])
        if let method = interface.methods[short] { return method }
        throw interface.text.methods.contains(short) ? .methodNotImplemented(name) : .methodNotFound(name)
    }
}

private struct GetInfoReply: Encodable {
    let vendor: String
    let product: String
    let version: String
    let url: String
    let interfaces: [String]

    init(info: VarlinkServiceInfo, interfaces: [String]) {
        vendor = info.vendor
        product = info.product
        version = info.version
        url = info.url
        self.interfaces = interfaces
    }
}

private struct DescriptionRequest: Decodable {
    let interface: String
}

private struct DescriptionReply: Encodable {
    let description: String
}
